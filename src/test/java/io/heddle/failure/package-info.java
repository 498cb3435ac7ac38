@NullMarked
package io.heddle.failure;

import org.jspecify.annotations.NullMarked;
