/**
 * A load generator for TLS servers, on virtual threads, that measures full and resumed handshakes separately: {@link
 * io.heddle.load.Load#run} takes {@link io.heddle.load.LoadOptions} and returns a {@link io.heddle.load.LoadResult}. Needs
 * HdrHistogram on the class path, or on the module path with {@code --add-modules HdrHistogram}.
 *
 * <pre>{@code
 * LoadOptions options = LoadOptions.builder(ConnectOptions.builder().host("localhost").port(8443).ca(ca).build())
 *         .connections(50).handshakes(1_000).resume(0.5).build();
 * LoadFigures figures = Load.run(options).total();
 * assertEquals(0, figures.handshakes().failed());
 * assertTrue(figures.resumed().percentile(99).toMillis() < 20);
 * }</pre>
 *
 * <p>No method takes or returns null.
 */
@NullMarked
package io.heddle.load;

import org.jspecify.annotations.NullMarked;
