package secondpass.server;

import java.io.IOException;
import java.text.ParseException;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import org.apache.lucene.expressions.Expression;
import org.apache.lucene.expressions.js.JavascriptCompiler;
import org.apache.lucene.search.DoubleValues;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.index.fielddata.ScriptDocValues;
import org.elasticsearch.plugins.Plugin;
import org.elasticsearch.plugins.ScriptPlugin;
import org.elasticsearch.script.DocReader;
import org.elasticsearch.script.ScoreScript;
import org.elasticsearch.script.ScriptContext;
import org.elasticsearch.script.ScriptEngine;
import org.elasticsearch.search.lookup.SearchLookup;

/** Minimal lang "expression" for the score context: numbers, _score, doc['f'].value, params as bare names. */
public class ExpressionScripts extends Plugin implements ScriptPlugin {
    @Override
    public ScriptEngine getScriptEngine(Settings settings, Collection<ScriptContext<?>> contexts) {
        return new ScriptEngine() {
            @Override
            public String getType() {
                return "expression";
            }

            @Override
            public Set<ScriptContext<?>> getSupportedContexts() {
                return Set.of(ScoreScript.CONTEXT);
            }

            @Override
            public <F> F compile(String name, String code, ScriptContext<F> context, Map<String, String> options) {
                if (context.equals(ScoreScript.CONTEXT) == false) {
                    throw new IllegalArgumentException("expression: unsupported context " + context.name);
                }
                final Expression e;
                try {
                    e = JavascriptCompiler.compile(code);
                } catch (ParseException ex) {
                    throw new IllegalArgumentException("expression: " + ex.getMessage(), ex);
                }
                ScoreScript.Factory f = (params, lookup) -> new Leaf(e, params, lookup);
                return context.factoryClazz.cast(f);
            }
        };
    }

    private record Leaf(Expression e, Map<String, Object> params, SearchLookup lookup) implements ScoreScript.LeafFactory {
        @Override
        public boolean needs_score() {
            for (String v : e.variables) {
                if (v.equals("_score")) {
                    return true;
                }
            }
            return false;
        }

        @Override
        public boolean needs_termStats() {
            return false;
        }

        @Override
        public ScoreScript newInstance(DocReader reader) throws IOException {
            DoubleValues[] vals = new DoubleValues[e.variables.length];
            ScoreScript[] self = new ScoreScript[1];
            for (int i = 0; i < vals.length; i++) {
                String v = e.variables[i];
                vals[i] = new DoubleValues() {
                    @Override
                    public double doubleValue() {
                        if (v.equals("_score")) {
                            return self[0].get_score();
                        }
                        if (v.startsWith("doc['")) {
                            String field = v.substring(5, v.indexOf("']"));
                            ScriptDocValues<?> d = self[0].getDoc().get(field);
                            return d.isEmpty() ? 0 : ((Number) d.get(0)).doubleValue();
                        }
                        Object p = params.get(v);
                        if (p instanceof Number n) {
                            return n.doubleValue();
                        }
                        throw new IllegalArgumentException("expression: unknown variable " + v);
                    }

                    @Override
                    public boolean advanceExact(int doc) {
                        return true;
                    }
                };
            }
            self[0] = new ScoreScript(params, lookup, reader) {
                @Override
                public double execute(ExplanationHolder h) {
                    return e.evaluate(vals);
                }
            };
            return self[0];
        }
    }
}
