package io.heddle.certificate.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.heddle.certificate.Identity;
import io.heddle.certificate.TestPki;
import io.heddle.failure.InvalidOption;
import io.heddle.interop.Node;
import io.heddle.interop.Openssl;
import io.heddle.protocol.KeyType;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x9.ECNamedCurveTable;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** EC keys whose curve is written out. */
@Tag("node")
class ExplicitCurveTest {
    private static final X9ECParameters P256 = ECNamedCurveTable.getByName("secp256r1");

    @TempDir
    Path directory;

    /** OpenSSL's own and Node's reading beside ours; a certificate names the curve, as RFC 5480 demands. */
    @Tag("interop")
    @ParameterizedTest
    @CsvSource({
        "prime256v1, P256, uncompressed",
        "prime256v1, P256, compressed",
        "prime256v1, P256, hybrid",
        "secp384r1, P384, uncompressed",
        "secp521r1, P521, uncompressed"
    })
    void a_named_curve_is_recognized(String curve, TestPki.Key kind, String form) throws IOException {
        Identity made = TestPki.certificate("CN=a").key(kind, 1).selfSigned();
        Path named = Files.writeString(directory.resolve("named"), TestPki.pem(made.key()));
        Path sec1 = directory.resolve("sec1");
        Path pkcs8 = directory.resolve("pkcs8");
        openssl("ec -param_enc explicit -conv_form " + form, named, sec1);
        openssl("pkcs8 -topk8 -nocrypt", sec1, pkcs8);

        for (Path file : new Path[] {sec1, pkcs8}) {
            byte[] pem = Files.readAllBytes(file);
            assertThat(pem).hasSizeGreaterThan(2 * Files.readAllBytes(named).length - 100);
            assertThat(new Identity(PrivateKeyReader.read("key", pem), made.chain()).keyType())
                    .isEqualTo(KeyType.EC);
            String node = Node.run(
                            "console.log(require('crypto').createPrivateKey(require('fs').readFileSync(process.argv[2])).asymmetricKeyDetails.namedCurve)",
                            file.toString())
                    .succeeded()
                    .out();
            assertThat(node).contains(curve);
        }
    }

    private static void openssl(String how, Path in, Path out) {
        Openssl.run(Stream.of(how.split(" "), new String[] {"-in", in.toString(), "-out", out.toString()})
                        .flatMap(Stream::of)
                        .toArray(String[]::new))
                .succeeded();
    }

    @Test
    void any_other_parameter_makes_it_another_curve() {
        BigInteger p = P256.getCurve().getField().getCharacteristic();
        byte[] g = P256.getG().getEncoded(false);
        byte[] twice = P256.getG().twice().getEncoded(false);
        assertThat(ExplicitCurve.identify(curve(p, 0, 0, g, P256.getN(), BigInteger.ONE)))
                .contains(ECNamedCurveTable.getOID("secp256r1"));
        assertThat(ExplicitCurve.identify(curve(p, 0, 0, g, P256.getN(), null))).isPresent();

        assertThat(ExplicitCurve.identify(curve(p, 0, 0, twice, P256.getN(), BigInteger.ONE)))
                .as("CVE-2020-0601")
                .isEmpty();
        assertThat(ExplicitCurve.identify(curve(p.add(BigInteger.TWO), 0, 0, g, P256.getN(), BigInteger.ONE)))
                .isEmpty();
        assertThat(ExplicitCurve.identify(curve(p.negate(), 0, 0, g, P256.getN(), BigInteger.ONE)))
                .isEmpty();
        assertThat(ExplicitCurve.identify(curve(p, 1, 0, g, P256.getN(), BigInteger.ONE)))
                .isEmpty();
        assertThat(ExplicitCurve.identify(curve(p, 0, 1, g, P256.getN(), BigInteger.ONE)))
                .isEmpty();
        assertThat(ExplicitCurve.identify(curve(p, 0, 0, g, P256.getN().add(BigInteger.ONE), BigInteger.ONE)))
                .isEmpty();
        assertThat(ExplicitCurve.identify(curve(p, 0, 0, g, P256.getN(), BigInteger.TWO)))
                .isEmpty();
    }

    @Test
    void an_unnamed_curve_is_refused_with_a_sentence_and_without_computation() throws IOException {
        // A prime of a million bits: whatever computes with it takes hours.
        BigInteger huge = BigInteger.ONE.shiftLeft(1_000_000).subtract(BigInteger.ONE);
        for (ASN1Encodable parameters : new ASN1Encodable[] {
            curve(huge, 0, 0, P256.getG().getEncoded(false), P256.getN(), BigInteger.ONE),
            ECNamedCurveTable.getByName("sect283k1")
        }) {
            refused(parameters, "key: the EC key has explicit parameters that no named curve over a prime field has");
        }
        refused(DERNull.INSTANCE, "key: the EC key does not say what its curve is");
        refused(
                new DERSequence(),
                "key: the EC key cannot be used: it is broken or of a size or curve that Java lacks");
        refused(
                ECNamedCurveTable.getByName("FRP256v1"),
                "key: the EC key cannot be used: it is broken or of a size or curve that Java lacks");
    }

    @Tag("interop")
    @Test
    void a_certificate_with_explicit_parameters_is_refused_with_the_rule() throws IOException {
        Path key = directory.resolve("key");
        Path certificate = directory.resolve("cert");
        Openssl.run(
                        "ecparam",
                        "-name",
                        "prime256v1",
                        "-param_enc",
                        "explicit",
                        "-genkey",
                        "-noout",
                        "-out",
                        key.toString())
                .succeeded();
        Openssl.run("req", "-x509", "-key", key.toString(), "-subj", "/CN=e", "-out", certificate.toString())
                .succeeded();

        assertThatExceptionOfType(InvalidOption.class)
                .isThrownBy(() -> CertificateReader.read("cert", Files.readAllBytes(certificate)))
                .withMessage(
                        "cert: contains a certificate whose EC key has explicit parameters, which RFC 5480 2.1.1 forbids and Java does not read")
                .satisfies(e -> assertThat(e.code()).isEqualTo("ERR_OSSL_UNSUPPORTED"));
    }

    private static void refused(ASN1Encodable parameters, String message) throws IOException {
        byte[] pkcs8 = new PrivateKeyInfo(
                        new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, parameters),
                        new ECPrivateKey(256, BigInteger.TEN))
                .getEncoded();
        assertThatExceptionOfType(InvalidOption.class)
                .isThrownBy(() -> PrivateKeyReader.read("key", pkcs8))
                .withMessage(message);
    }

    private static DERSequence curve(
            BigInteger p, int addedToA, int addedToB, byte[] g, BigInteger n, @Nullable BigInteger h) {
        var curve = P256.getCurve();
        var parameters = new ASN1EncodableVector();
        parameters.add(new ASN1Integer(1));
        parameters.add(new DERSequence(new ASN1Encodable[] {X9ObjectIdentifiers.prime_field, new ASN1Integer(p)}));
        parameters.add(new DERSequence(new ASN1Encodable[] {
            element(curve.getA().toBigInteger(), addedToA), element(curve.getB().toBigInteger(), addedToB)
        }));
        parameters.add(new DEROctetString(g));
        parameters.add(new ASN1Integer(n));
        if (h != null) {
            parameters.add(new ASN1Integer(h));
        }
        return new DERSequence(parameters);
    }

    private static DEROctetString element(BigInteger value, int added) {
        return new DEROctetString(value.add(BigInteger.valueOf(added)).toByteArray());
    }
}
