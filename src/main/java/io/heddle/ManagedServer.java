package io.heddle;

import io.heddle.session.CaffeineSessionStore;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import javax.management.InstanceAlreadyExistsException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.StandardMBean;

/**
 * The MBean of a server in the platform's MBean server, registered while the server listens.
 *
 * <p>The only class that needs the module java.management; it is loaded only if the options request JMX.
 */
final class ManagedServer implements TlsServerMXBean, AutoCloseable {
    private static final Logger LOG = System.getLogger(ManagedServer.class.getName());

    /**
     * The largest number of names tried: two servers of a process can have the same address, one after the other or in
     * two class loaders.
     */
    private static final int NAMES_TRIED = 100;

    private final TlsServer server;
    private final String address;
    private final MBeanServer beans;
    private final ObjectName name;

    private ManagedServer(TlsServer server, String address, MBeanServer beans) throws JMException {
        this.server = server;
        this.address = address;
        this.beans = beans;
        this.name = register();
    }

    /**
     * Registers a server and returns a handle that unregisters it. A failure is logged, and the server works without
     * JMX.
     */
    static AutoCloseable register(TlsServer server, String address) {
        try {
            return new ManagedServer(server, address, ManagementFactory.getPlatformMBeanServer());
        } catch (JMException | RuntimeException e) {
            LOG.log(Level.WARNING, "jmx: the server at " + address + " could not be registered", e);
            return () -> {};
        }
    }

    private ObjectName register() throws JMException {
        var bean = new StandardMBean(this, TlsServerMXBean.class, true);
        for (int number = 1; ; number++) {
            String instance = number == 1 ? "" : ",instance=" + number;
            var candidate = new ObjectName("io.heddle:type=TlsServer,name=" + ObjectName.quote(address) + instance);
            try {
                return beans.registerMBean(bean, candidate).getObjectName();
            } catch (InstanceAlreadyExistsException e) {
                if (number == NAMES_TRIED) {
                    throw e;
                }
            }
        }
    }

    @Override
    public void close() throws JMException {
        beans.unregisterMBean(name);
    }

    private long handshakes(ToLongFunction<ServerStatistics.Handshakes> figure) {
        return figure.applyAsLong(server.figures().handshakes());
    }

    private long tickets(ToLongFunction<ServerStatistics.Tickets> figure) {
        return figure.applyAsLong(server.figures().tickets());
    }

    private long sessions(ToLongFunction<ServerStatistics.Sessions> figure) {
        return figure.applyAsLong(server.figures().sessions());
    }

    /** Returns a figure of the store, which iterates over its sessions and is therefore read only on request. */
    private long store(ToLongFunction<CaffeineSessionStore.Statistics> figure) {
        return server.statistics().sessions().store().map(figure::applyAsLong).orElse(-1L);
    }

    @Override
    public String getAddress() {
        return address;
    }

    @Override
    public int getMaxConnections() {
        return server.maxConnections();
    }

    @Override
    public int getActive() {
        return server.connections();
    }

    @Override
    public long getAccepted() {
        return server.figures().accepted();
    }

    @Override
    public long getDropped() {
        return server.figures().dropped();
    }

    @Override
    public long getFullHandshakes() {
        return handshakes(ServerStatistics.Handshakes::full);
    }

    @Override
    public long getResumedById() {
        return handshakes(ServerStatistics.Handshakes::resumedById);
    }

    @Override
    public long getResumedByTicket() {
        return handshakes(ServerStatistics.Handshakes::resumedByTicket);
    }

    @Override
    public long getResumedByPsk() {
        return handshakes(ServerStatistics.Handshakes::resumedByPsk);
    }

    @Override
    public long getFailedHandshakes() {
        return handshakes(ServerStatistics.Handshakes::failed);
    }

    @Override
    public Map<String, Long> getRefusals() {
        return byName(server.figures().handshakes().refusals());
    }

    @Override
    public Map<String, Long> getFailures() {
        return byName(server.figures().handshakes().failures());
    }

    private static Map<String, Long> byName(Map<? extends Enum<?>, Long> counts) {
        var byName = new TreeMap<String, Long>();
        counts.forEach((key, count) -> byName.put(key.name(), count));
        return byName;
    }

    @Override
    public long getTicketsSealed() {
        return tickets(ServerStatistics.Tickets::sealed);
    }

    @Override
    public long getTicketsOpened() {
        return tickets(ServerStatistics.Tickets::opened);
    }

    @Override
    public long getTicketsRenewed() {
        return tickets(ServerStatistics.Tickets::renewed);
    }

    @Override
    public long getTicketsRefused() {
        return tickets(ServerStatistics.Tickets::refused);
    }

    @Override
    public long getSessionsKept() {
        return sessions(ServerStatistics.Sessions::kept);
    }

    @Override
    public long getSessionsFound() {
        return sessions(ServerStatistics.Sessions::found);
    }

    @Override
    public long getSessionsMissed() {
        return sessions(ServerStatistics.Sessions::missed);
    }

    @Override
    public long getStoreSize() {
        return store(CaffeineSessionStore.Statistics::size);
    }

    @Override
    public long getStoreBytes() {
        return store(CaffeineSessionStore.Statistics::bytes);
    }

    @Override
    public long getStoreEvictions() {
        return store(CaffeineSessionStore.Statistics::evictions);
    }

    @Override
    public long getStaplesSent() {
        return server.figures().staples().sent();
    }

    @Override
    public long getStaplesWithheld() {
        return server.figures().staples().withheld();
    }

    @Override
    public long getBytesRead() {
        return server.figures().bytesRead();
    }

    @Override
    public long getBytesWritten() {
        return server.figures().bytesWritten();
    }
}
