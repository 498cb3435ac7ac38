package io.heddle.certificate.path;

import static io.heddle.certificate.TestPki.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.certificate.Identity;
import io.heddle.certificate.TestPki;
import io.heddle.certificate.x509.Purpose;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class TrustStoreTest {
    private final Identity root = TestPki.root("root", TestPki.Key.P256, 30);
    private final Identity other = TestPki.root("other", TestPki.Key.P256, 31);
    private final Identity middle =
            TestPki.certificate("CN=middle").key(TestPki.Key.P256, 32).ca().issuedBy(root);
    private final Identity leaf =
            TestPki.certificate("CN=leaf").server("a.example").issuedBy(middle);

    @DisplayName("VER-47: copies of one certificate collapse to one")
    @Test
    void keeps_each_certificate_once_in_the_order_given() {
        var trust = TrustStore.of(List.of(root.leaf(), other.leaf(), root.leaf(), root.leaf()));

        assertThat(trust.certificates()).containsExactly(root.leaf(), other.leaf());
        assertThat(trust.subjects())
                .containsExactly(
                        root.leaf().getSubjectX500Principal(), other.leaf().getSubjectX500Principal());
    }

    @DisplayName("VER-07: the own chain is completed from ca, up to the root")
    @Test
    void completes_a_chain() {
        var trust = TrustStore.of(List.of(root.leaf(), other.leaf(), middle.leaf()));

        assertThat(trust.complete(List.of(leaf.leaf()), NOW)).containsExactly(leaf.leaf(), middle.leaf(), root.leaf());
        assertThat(trust.complete(leaf.chain(), NOW)).containsExactly(leaf.leaf(), middle.leaf(), root.leaf());
        assertThat(trust.complete(root.chain(), NOW)).containsExactly(root.leaf());
        assertThat(TrustStore.of(other.chain()).complete(leaf.chain(), NOW)).isEqualTo(leaf.chain());
        assertThat(trust.issuerOf(leaf.leaf(), NOW)).contains(middle.leaf());
        assertThat(TrustStore.of(List.of()).issuerOf(leaf.leaf(), NOW)).isEmpty();
    }

    @Test
    void changes_make_another_store_with_another_generation() {
        var first = TrustStore.of(root.chain());
        var crl = TestPki.crl(root);
        var changed = first.plus(other.chain()).withCrls(List.of(crl)).allowPartialTrustChain(true);

        assertThat(first.certificates()).containsExactly(root.leaf());
        assertThat(first.crls()).isEmpty();
        assertThat(first.allowPartialTrustChain()).isFalse();
        assertThat(changed.certificates()).containsExactly(root.leaf(), other.leaf());
        assertThat(changed.crls()).containsExactly(crl);
        assertThat(changed.allowPartialTrustChain()).isTrue();
        assertThat(changed.plus(middle.chain()).crls()).containsExactly(crl);
        assertThat(changed.plus(middle.chain()).allowPartialTrustChain()).isTrue();
        assertThat(changed.generation()).isNotEqualTo(first.generation());
    }

    @DisplayName("VER-28: the roots of the platform, always the same")
    @Test
    void the_roots_of_the_platform_are_read_once() {
        assertThat(TrustStore.system()).isSameAs(TrustStore.system());
        assertThat(TrustStore.system().certificates()).hasSizeGreaterThan(20).doesNotHaveDuplicates();
        assertThat(ChainVerifier.verify(leaf.chain(), TrustStore.system(), Purpose.SERVER, NOW)
                        .ok())
                .isFalse();
    }

    @DisplayName("VER-10, CC-01, SNI-09, VER-03: what of a chain has to be known")
    @Test
    void certificates_needed_for_a_good_verdict() {
        assertThat(good(leaf.chain(), root.leaf())).isTrue();
        assertThat(good(leaf.chain(), other.leaf(), root.leaf())).isTrue();
        assertThat(good(leaf.chain(), leaf.leaf(), root.leaf()))
                .as("an unrelated certificate besides")
                .isTrue();
        assertThat(good(List.of(leaf.leaf()), root.leaf(), middle.leaf())).isTrue();
        assertThat(good(List.of(leaf.leaf()), root.leaf())).isFalse();
        assertThat(good(leaf.chain(), middle.leaf())).isFalse();
        assertThat(good(leaf.chain(), other.leaf())).isFalse();
        assertThat(good(leaf.chain()))
                .as("ca: [] trusts no certificate, VER-13")
                .isFalse();
        var partial = TrustStore.of(middle.chain()).allowPartialTrustChain(true);
        assertThat(ChainVerifier.verify(leaf.chain(), partial, Purpose.SERVER, NOW)
                        .path())
                .containsExactly(leaf.leaf(), middle.leaf());
        assertThat(ChainVerifier.verify(leaf.chain(), partial, Purpose.SERVER, NOW)
                        .ok())
                .isTrue();
    }

    @DisplayName("VER-67: a self-signed server certificate without keyCertSign is its own anchor")
    @Test
    void a_self_signed_leaf_that_is_listed_is_good() {
        Identity lonely = TestPki.certificate("CN=lonely")
                .key(TestPki.Key.P256, 33)
                .server("a.example")
                .selfSigned();

        assertThat(good(lonely.chain(), lonely.leaf())).isTrue();
        assertThat(good(lonely.chain(), root.leaf())).isFalse();
    }

    @Test
    void a_thousand_roots_do_not_slow_a_verdict_down_because_they_are_found_by_subject() {
        List<X509Certificate> many = new ArrayList<>(root.chain());
        for (int i = 0; i < 1000; i++) {
            many.add(TestPki.certificate("CN=root " + i)
                    .key(TestPki.Key.P256, 30)
                    .ca()
                    .certificateSelfSigned());
        }
        long few = fastest(TrustStore.of(root.chain()));
        long lots = fastest(TrustStore.of(many));

        // The look-up is a hash: far from a factor of a thousand, with room for a busy machine.
        assertThat(lots).isLessThan(20 * few);
    }

    private long fastest(TrustStore trust) {
        long best = Long.MAX_VALUE;
        for (int i = 0; i < 20; i++) {
            long begin = System.nanoTime();
            assertThat(ChainVerifier.verify(leaf.chain(), trust, Purpose.SERVER, NOW)
                            .ok())
                    .isTrue();
            best = Math.min(best, System.nanoTime() - begin);
        }
        return best;
    }

    private static boolean good(List<X509Certificate> presented, X509Certificate... trusted) {
        return ChainVerifier.verify(presented, TrustStore.of(List.of(trusted)), Purpose.SERVER, NOW)
                .ok();
    }
}
