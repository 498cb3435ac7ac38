/** The shim for BoringSSL's runner: {@code make bogo} runs it, {@code make test} does not. */
@NullMarked
package io.heddle.bogo;

import org.jspecify.annotations.NullMarked;
