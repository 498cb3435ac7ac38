package io.heddle.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code heddle certs}: creates a PKI for tests and prints its files. */
@Command(
        name = "certs",
        description = {
            "Creates a test PKI.",
            "A CA and an intermediate, server certificates (RSA-2048, P-256, Ed25519, ML-DSA-65) for localhost, "
                    + "127.0.0.1, ::1 and *.example.test, client certificates, an expired, a not-yet-valid, a revoked "
                    + "and a wrong-host one, CRLs, an OCSP response, PKCS#12 files and an encrypted key.",
            "The keys are stored without protection: for tests only."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Heddle.Version.class)
final class CertsCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "DIR",
            arity = "0..1",
            defaultValue = "certs/generated",
            description = "The directory, created if it is missing (default: ${DEFAULT-VALUE}).")
    private Path folder = Path.of("certs", "generated");

    @Option(names = "--force", description = "Replace existing files.")
    private boolean force;

    @Override
    public Integer call() throws GeneralSecurityException, IOException {
        var target = new CertificateFolder(folder);
        List<CertificateFile> files = CertificateSet.make(InstantSource.system(), new SecureRandom());
        if (!force) {
            target.refuseIfPresent(files);
        }
        target.write(files);
        print(files);
        return 0;
    }

    private void print(List<CertificateFile> files) {
        PrintWriter out = spec.commandLine().getOut();
        int widest = files.stream().mapToInt(file -> file.name().length()).max().orElse(0);
        for (CertificateFile file : files) {
            String padding = " ".repeat(widest - file.name().length());
            out.println(folder.resolve(file.name()) + padding + "  " + file.what());
        }
        out.println("passphrase of the PKCS#12 files and the encrypted key: " + CertificateSet.PASSPHRASE);
        out.flush();
    }
}
