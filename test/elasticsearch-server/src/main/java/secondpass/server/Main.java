package secondpass.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.elasticsearch.common.logging.LogConfigurator;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.env.Environment;
import org.elasticsearch.http.HttpServerTransport;
import org.elasticsearch.node.ClasspathNode;
import org.elasticsearch.transport.netty4.Netty4Plugin;

/**
 * One Elasticsearch node on 127.0.0.1, started from the class path. Arguments: port (0 = any free one), data folder
 * ("-" = a temporary one, removed at the end), then any number of setting=value.
 *
 * Prints "READY http://127.0.0.1:PORT pid PID" when it answers. Ends on SIGTERM and when its standard input closes, so
 * that it never outlives the process that started it.
 */
public final class Main {
    public static void main(String[] args) throws Exception {
        String port = args.length > 0 ? args[0] : "0";
        boolean temporary = args.length < 2 || args[1].equals("-");
        Path home = temporary ? Files.createTempDirectory("secondpass-elasticsearch-") : Path.of(args[1]).toAbsolutePath();
        for (String folder : List.of("config", "modules", "plugins")) {
            Files.createDirectories(home.resolve(folder));
        }
        Settings.Builder settings = Settings.builder()
            .put("path.home", home.toString())
            .put("path.data", home.resolve("data").toString())
            .put("path.logs", home.resolve("logs").toString())
            .put("cluster.name", "secondpass-tests")
            .put("node.name", "node-1")
            .put("discovery.type", "single-node")
            .put("network.host", "127.0.0.1")
            .put("http.port", port)
            .put("transport.port", "0")
            .put("cluster.routing.allocation.disk.threshold_enabled", false);
        for (int i = 2; i < args.length; i++) {
            int equals = args[i].indexOf('=');
            settings.put(args[i].substring(0, equals), args[i].substring(equals + 1));
        }
        LogConfigurator.configureESLogging();
        CountDownLatch done = new CountDownLatch(1);
        ClasspathNode node;
        try {
            node = new ClasspathNode(
                new Environment(settings.build(), home.resolve("config")),
                List.of(Netty4Plugin.class, ExpressionScripts.class, CommonAnalysis.class, RootEndpoint.class));
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                close(node);
                if (temporary) {
                    remove(home);
                }
                done.countDown();
            }));
            node.start();
        } catch (Throwable failure) {
            failure.printStackTrace();
            System.exit(1);
            return;
        }
        var address = node.injector().getInstance(HttpServerTransport.class).boundAddress().publishAddress();
        endWithStandardInput();
        System.out.println(
            "READY http://" + address.getAddress() + ":" + address.getPort() + " pid " + ProcessHandle.current().pid());
        done.await();
    }

    /** Whoever started this holds the other end of standard input; when it dies, however it dies, the end is reached. */
    private static void endWithStandardInput() {
        Thread watch = new Thread(() -> {
            try {
                while (System.in.read() >= 0) {
                    // What is written there means nothing.
                }
            } catch (IOException closed) {
                // As good as the end.
            }
            System.exit(0);
        });
        watch.setDaemon(true);
        watch.start();
    }

    private static void close(ClasspathNode node) {
        try {
            node.close();
        } catch (IOException failure) {
            failure.printStackTrace();
        }
    }

    private static void remove(Path folder) {
        try (Stream<Path> below = Files.walk(folder)) {
            below.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
        } catch (IOException failure) {
            failure.printStackTrace();
        }
    }
}
