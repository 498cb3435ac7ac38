package io.heddle.load;

import java.time.Duration;
import java.util.OptionalDouble;

/**
 * What measuring cost the process that measured: all of it, so with the server in the same process the server too.
 *
 * @param cpu processor time of the process while it measured
 * @param processors how many processors it has
 * @param share the part of them that it used, 0 to 1
 * @param machineShare the part of all processors of the machine that was in use by anyone, empty where the system does not say
 * @param bottleneck whether the client was the bottleneck, so that the figures say more about it than about the server
 */
public record ClientUse(Duration cpu, int processors, double share, OptionalDouble machineShare, boolean bottleneck) {}
