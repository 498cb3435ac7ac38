package io.heddle.engine;

import java.util.concurrent.locks.ReentrantLock;

/** The two directions of a connection, with their locks; {@link Connection} has the order of all. */
record RecordLayer(InputLock in, RecordReader reader, ReentrantLock out, RecordWriter writer) {}
