package io.heddle.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** The same facts in the wording of OpenSSL 3.0 and of 3.5. */
class OpensslReportTest {
    private static final OpensslReport OF_3_0 = OpensslReport.of("""
            subject=CN = localhost, O = Heddle
            issuer=CN = Heddle Test Root, O = Heddle
            ---
            Acceptable client certificate CA names
            CN = Heddle Test Root, O = Heddle
            CN = Other
            Client Certificate Types: RSA sign, ECDSA sign
            Peer signing digest: SHA256
            Peer signature type: RSA-PSS
            Server Temp Key: ECDH, prime256v1, 256 bits
            ---
            New, TLSv1.2, Cipher is ECDHE-RSA-AES128-GCM-SHA256
            SSL-Session:
                Protocol  : TLSv1.2
                Verify return code: 18 (self-signed certificate)
            40A7:error:0A000412:SSL routines:ssl3_read_bytes:sslv3 alert bad certificate:rec_layer_s3.c:1584:SSL alert number 42
            """);

    private static final OpensslReport OF_3_5 = OpensslReport.of("""
            subject=CN=localhost, O=Heddle
            issuer=CN=Heddle Test Root, O=Heddle
            ---
            Acceptable client certificate CA names
            CN=Heddle Test Root, O=Heddle
            CN=Other
            Client Certificate Types: RSA sign, ECDSA sign
            Peer signing digest: SHA256
            Peer signature type: rsa_pss_rsae_sha256
            Peer Temp Key: ECDH, prime256v1, 256 bits
            ---
            New, TLSv1.2, Cipher is ECDHE-RSA-AES128-GCM-SHA256
            Protocol: TLSv1.2
            SSL-Session:
                Protocol  : TLSv1.2
                Verify return code: 18 (self-signed certificate)
            40A7:error:0A000412:SSL routines:ssl3_read_bytes:ssl/tls alert bad certificate:rec_layer_s3.c:918:SSL alert number 42
            """);

    @Test
    void both_releases_report_the_same_facts() {
        for (OpensslReport report : new OpensslReport[] {OF_3_0, OF_3_5}) {
            assertThat(report.protocol()).isEqualTo("TLSv1.2");
            assertThat(report.cipher()).isEqualTo("ECDHE-RSA-AES128-GCM-SHA256");
            assertThat(report.resumed()).isFalse();
            assertThat(report.subject()).isEqualTo("CN=localhost, O=Heddle");
            assertThat(report.clientCas()).containsExactly("CN=Heddle Test Root, O=Heddle", "CN=Other");
            assertThat(report.signature()).isEqualTo("RSA-PSS+SHA256");
            assertThat(report.group()).isEqualTo("prime256v1");
            assertThat(report.verification()).isEqualTo(18);
            assertThat(report.alert()).isEqualTo(42);
        }
    }

    @Test
    void tls13_has_its_version_in_the_result_line_and_a_hybrid_group_in_a_separate_line() {
        OpensslReport hybrid = OpensslReport.of("""
                Peer signature type: ed25519
                Negotiated TLS1.3 group: X25519MLKEM768
                Reused, TLSv1.3, Cipher is TLS_AES_256_GCM_SHA384
                """);
        assertThat(hybrid.protocol()).isEqualTo("TLSv1.3");
        assertThat(hybrid.resumed()).isTrue();
        assertThat(hybrid.resumptions()).isEqualTo(1);
        assertThat(hybrid.signature()).isEqualTo("ed25519");
        assertThat(hybrid.group()).isEqualTo("X25519MLKEM768");
    }

    @Test
    void a_resumption_of_a_server_is_a_line_and_a_missing_fact_fails_with_the_output() {
        assertThat(OpensslReport.of("CIPHER is X\nReused session-id\n").serverResumed())
                .isTrue();
        assertThat(OpensslReport.of("CIPHER is X\n").serverResumed()).isFalse();
        assertThatThrownBy(() -> OpensslReport.of("DONE\n").alert())
                .isInstanceOf(AssertionError.class)
                .hasMessage("openssl printed nothing about an alert:\nDONE\n");
    }
}
