package secondpass.server;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.Tokenizer;
import org.apache.lucene.analysis.core.KeywordTokenizer;
import org.apache.lucene.analysis.core.LetterTokenizer;
import org.apache.lucene.analysis.core.WhitespaceTokenizer;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.analysis.en.PorterStemFilter;
import org.apache.lucene.analysis.miscellaneous.ASCIIFoldingFilter;
import org.apache.lucene.analysis.ngram.EdgeNGramTokenFilter;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.index.analysis.AbstractIndexAnalyzerProvider;
import org.elasticsearch.index.analysis.AbstractTokenFilterFactory;
import org.elasticsearch.index.analysis.AbstractTokenizerFactory;
import org.elasticsearch.index.analysis.AnalyzerProvider;
import org.elasticsearch.index.analysis.TokenFilterFactory;
import org.elasticsearch.index.analysis.TokenizerFactory;
import org.elasticsearch.indices.analysis.AnalysisModule.AnalysisProvider;
import org.elasticsearch.plugins.AnalysisPlugin;
import org.elasticsearch.plugins.Plugin;

/** A few of the unpublished analysis-common components, over Lucene's own classes (already on the class path). */
public class CommonAnalysis extends Plugin implements AnalysisPlugin {
    @Override
    public Map<String, AnalysisProvider<AnalyzerProvider<? extends Analyzer>>> getAnalyzers() {
        return Map.of("english", (is, env, name, s) -> new AbstractIndexAnalyzerProvider<EnglishAnalyzer>(name, s) {
            private final EnglishAnalyzer a = new EnglishAnalyzer();

            @Override
            public EnglishAnalyzer get() {
                return a;
            }
        });
    }

    @Override
    public Map<String, AnalysisProvider<TokenFilterFactory>> getTokenFilters() {
        Map<String, AnalysisProvider<TokenFilterFactory>> m = new HashMap<>();
        m.put("asciifolding", filter(s -> ASCIIFoldingFilter::new));
        m.put("stemmer", filter(s -> PorterStemFilter::new)); // English only
        m.put("edge_ngram", filter(s -> {
            int min = s.getAsInt("min_gram", 1), max = s.getAsInt("max_gram", 2);
            boolean keep = s.getAsBoolean("preserve_original", false);
            return t -> new EdgeNGramTokenFilter(t, min, max, keep);
        }));
        return m;
    }

    @Override
    public Map<String, AnalysisProvider<TokenizerFactory>> getTokenizers() {
        return Map.of("whitespace", tokenizer(WhitespaceTokenizer::new), "keyword", tokenizer(KeywordTokenizer::new),
            "letter", tokenizer(LetterTokenizer::new));
    }

    private static AnalysisProvider<TokenFilterFactory> filter(Function<Settings, Function<TokenStream, TokenStream>> f) {
        return (is, env, name, s) -> {
            Function<TokenStream, TokenStream> make = f.apply(s);
            return new AbstractTokenFilterFactory(name, s) {
                @Override
                public TokenStream create(TokenStream t) {
                    return make.apply(t);
                }
            };
        };
    }

    private static AnalysisProvider<TokenizerFactory> tokenizer(Supplier<Tokenizer> f) {
        return (is, env, name, s) -> new AbstractTokenizerFactory(is, s, name) {
            @Override
            public Tokenizer create() {
                return f.get();
            }
        };
    }
}
