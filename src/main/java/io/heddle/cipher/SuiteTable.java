package io.heddle.cipher;

import io.heddle.cipher.Suite.Authentication;
import io.heddle.cipher.Suite.Encryption;
import io.heddle.cipher.Suite.Hash;
import io.heddle.cipher.Suite.KeyExchange;
import io.heddle.cipher.Suite.Mac;
import java.util.List;

/**
 * The supported suites: number, OpenSSL's name, standard name and the version that introduced the suite.
 *
 * <p>The order is significant: it is the order of OpenSSL 3.5 before a cipher list is applied, so a list with
 * {@code HIGH} returns them in this order. The properties of a suite are derived from its standard name, which contains
 * them all.
 *
 * <p>Omitted on purpose: RC4, DES, 3DES, IDEA, SEED and export suites, which OpenSSL 3.5 does not build either; SRP;
 * and NULL-MD5, which bctls does not support.
 */
final class SuiteTable {
    private static final String ROWS = """
            1302 TLS_AES_256_GCM_SHA384          TLS_AES_256_GCM_SHA384                          TLSv1.3
            1303 TLS_CHACHA20_POLY1305_SHA256    TLS_CHACHA20_POLY1305_SHA256                    TLSv1.3
            1301 TLS_AES_128_GCM_SHA256          TLS_AES_128_GCM_SHA256                          TLSv1.3
            1304 TLS_AES_128_CCM_SHA256          TLS_AES_128_CCM_SHA256                          TLSv1.3
            1305 TLS_AES_128_CCM_8_SHA256        TLS_AES_128_CCM_8_SHA256                        TLSv1.3
            C02C ECDHE-ECDSA-AES256-GCM-SHA384   TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384         TLSv1.2
            C030 ECDHE-RSA-AES256-GCM-SHA384     TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384           TLSv1.2
            00A3 DHE-DSS-AES256-GCM-SHA384       TLS_DHE_DSS_WITH_AES_256_GCM_SHA384             TLSv1.2
            009F DHE-RSA-AES256-GCM-SHA384       TLS_DHE_RSA_WITH_AES_256_GCM_SHA384             TLSv1.2
            CCA9 ECDHE-ECDSA-CHACHA20-POLY1305   TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256   TLSv1.2
            CCA8 ECDHE-RSA-CHACHA20-POLY1305     TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256     TLSv1.2
            CCAA DHE-RSA-CHACHA20-POLY1305       TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256       TLSv1.2
            C0AD ECDHE-ECDSA-AES256-CCM          TLS_ECDHE_ECDSA_WITH_AES_256_CCM                TLSv1.2
            C09F DHE-RSA-AES256-CCM              TLS_DHE_RSA_WITH_AES_256_CCM                    TLSv1.2
            C05D ECDHE-ECDSA-ARIA256-GCM-SHA384  TLS_ECDHE_ECDSA_WITH_ARIA_256_GCM_SHA384        TLSv1.2
            C061 ECDHE-ARIA256-GCM-SHA384        TLS_ECDHE_RSA_WITH_ARIA_256_GCM_SHA384          TLSv1.2
            C057 DHE-DSS-ARIA256-GCM-SHA384      TLS_DHE_DSS_WITH_ARIA_256_GCM_SHA384            TLSv1.2
            C053 DHE-RSA-ARIA256-GCM-SHA384      TLS_DHE_RSA_WITH_ARIA_256_GCM_SHA384            TLSv1.2
            00A7 ADH-AES256-GCM-SHA384           TLS_DH_anon_WITH_AES_256_GCM_SHA384             TLSv1.2
            C02B ECDHE-ECDSA-AES128-GCM-SHA256   TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256         TLSv1.2
            C02F ECDHE-RSA-AES128-GCM-SHA256     TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256           TLSv1.2
            00A2 DHE-DSS-AES128-GCM-SHA256       TLS_DHE_DSS_WITH_AES_128_GCM_SHA256             TLSv1.2
            009E DHE-RSA-AES128-GCM-SHA256       TLS_DHE_RSA_WITH_AES_128_GCM_SHA256             TLSv1.2
            C0AC ECDHE-ECDSA-AES128-CCM          TLS_ECDHE_ECDSA_WITH_AES_128_CCM                TLSv1.2
            C09E DHE-RSA-AES128-CCM              TLS_DHE_RSA_WITH_AES_128_CCM                    TLSv1.2
            C05C ECDHE-ECDSA-ARIA128-GCM-SHA256  TLS_ECDHE_ECDSA_WITH_ARIA_128_GCM_SHA256        TLSv1.2
            C060 ECDHE-ARIA128-GCM-SHA256        TLS_ECDHE_RSA_WITH_ARIA_128_GCM_SHA256          TLSv1.2
            C056 DHE-DSS-ARIA128-GCM-SHA256      TLS_DHE_DSS_WITH_ARIA_128_GCM_SHA256            TLSv1.2
            C052 DHE-RSA-ARIA128-GCM-SHA256      TLS_DHE_RSA_WITH_ARIA_128_GCM_SHA256            TLSv1.2
            00A6 ADH-AES128-GCM-SHA256           TLS_DH_anon_WITH_AES_128_GCM_SHA256             TLSv1.2
            C0AF ECDHE-ECDSA-AES256-CCM8         TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8              TLSv1.2
            C0AE ECDHE-ECDSA-AES128-CCM8         TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8              TLSv1.2
            C0A3 DHE-RSA-AES256-CCM8             TLS_DHE_RSA_WITH_AES_256_CCM_8                  TLSv1.2
            C0A2 DHE-RSA-AES128-CCM8             TLS_DHE_RSA_WITH_AES_128_CCM_8                  TLSv1.2
            C024 ECDHE-ECDSA-AES256-SHA384       TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384         TLSv1.2
            C028 ECDHE-RSA-AES256-SHA384         TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384           TLSv1.2
            006B DHE-RSA-AES256-SHA256           TLS_DHE_RSA_WITH_AES_256_CBC_SHA256             TLSv1.2
            006A DHE-DSS-AES256-SHA256           TLS_DHE_DSS_WITH_AES_256_CBC_SHA256             TLSv1.2
            C073 ECDHE-ECDSA-CAMELLIA256-SHA384  TLS_ECDHE_ECDSA_WITH_CAMELLIA_256_CBC_SHA384    TLSv1.2
            C077 ECDHE-RSA-CAMELLIA256-SHA384    TLS_ECDHE_RSA_WITH_CAMELLIA_256_CBC_SHA384      TLSv1.2
            00C4 DHE-RSA-CAMELLIA256-SHA256      TLS_DHE_RSA_WITH_CAMELLIA_256_CBC_SHA256        TLSv1.2
            00C3 DHE-DSS-CAMELLIA256-SHA256      TLS_DHE_DSS_WITH_CAMELLIA_256_CBC_SHA256        TLSv1.2
            006D ADH-AES256-SHA256               TLS_DH_anon_WITH_AES_256_CBC_SHA256             TLSv1.2
            00C5 ADH-CAMELLIA256-SHA256          TLS_DH_anon_WITH_CAMELLIA_256_CBC_SHA256        TLSv1.2
            C023 ECDHE-ECDSA-AES128-SHA256       TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256         TLSv1.2
            C027 ECDHE-RSA-AES128-SHA256         TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256           TLSv1.2
            0067 DHE-RSA-AES128-SHA256           TLS_DHE_RSA_WITH_AES_128_CBC_SHA256             TLSv1.2
            0040 DHE-DSS-AES128-SHA256           TLS_DHE_DSS_WITH_AES_128_CBC_SHA256             TLSv1.2
            C072 ECDHE-ECDSA-CAMELLIA128-SHA256  TLS_ECDHE_ECDSA_WITH_CAMELLIA_128_CBC_SHA256    TLSv1.2
            C076 ECDHE-RSA-CAMELLIA128-SHA256    TLS_ECDHE_RSA_WITH_CAMELLIA_128_CBC_SHA256      TLSv1.2
            00BE DHE-RSA-CAMELLIA128-SHA256      TLS_DHE_RSA_WITH_CAMELLIA_128_CBC_SHA256        TLSv1.2
            00BD DHE-DSS-CAMELLIA128-SHA256      TLS_DHE_DSS_WITH_CAMELLIA_128_CBC_SHA256        TLSv1.2
            006C ADH-AES128-SHA256               TLS_DH_anon_WITH_AES_128_CBC_SHA256             TLSv1.2
            00BF ADH-CAMELLIA128-SHA256          TLS_DH_anon_WITH_CAMELLIA_128_CBC_SHA256        TLSv1.2
            C00A ECDHE-ECDSA-AES256-SHA          TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA            TLSv1
            C014 ECDHE-RSA-AES256-SHA            TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA              TLSv1
            0039 DHE-RSA-AES256-SHA              TLS_DHE_RSA_WITH_AES_256_CBC_SHA                SSLv3
            0038 DHE-DSS-AES256-SHA              TLS_DHE_DSS_WITH_AES_256_CBC_SHA                SSLv3
            0088 DHE-RSA-CAMELLIA256-SHA         TLS_DHE_RSA_WITH_CAMELLIA_256_CBC_SHA           SSLv3
            0087 DHE-DSS-CAMELLIA256-SHA         TLS_DHE_DSS_WITH_CAMELLIA_256_CBC_SHA           SSLv3
            C019 AECDH-AES256-SHA                TLS_ECDH_anon_WITH_AES_256_CBC_SHA              TLSv1
            003A ADH-AES256-SHA                  TLS_DH_anon_WITH_AES_256_CBC_SHA                SSLv3
            0089 ADH-CAMELLIA256-SHA             TLS_DH_anon_WITH_CAMELLIA_256_CBC_SHA           SSLv3
            C009 ECDHE-ECDSA-AES128-SHA          TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA            TLSv1
            C013 ECDHE-RSA-AES128-SHA            TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA              TLSv1
            0033 DHE-RSA-AES128-SHA              TLS_DHE_RSA_WITH_AES_128_CBC_SHA                SSLv3
            0032 DHE-DSS-AES128-SHA              TLS_DHE_DSS_WITH_AES_128_CBC_SHA                SSLv3
            0045 DHE-RSA-CAMELLIA128-SHA         TLS_DHE_RSA_WITH_CAMELLIA_128_CBC_SHA           SSLv3
            0044 DHE-DSS-CAMELLIA128-SHA         TLS_DHE_DSS_WITH_CAMELLIA_128_CBC_SHA           SSLv3
            C018 AECDH-AES128-SHA                TLS_ECDH_anon_WITH_AES_128_CBC_SHA              TLSv1
            0034 ADH-AES128-SHA                  TLS_DH_anon_WITH_AES_128_CBC_SHA                SSLv3
            0046 ADH-CAMELLIA128-SHA             TLS_DH_anon_WITH_CAMELLIA_128_CBC_SHA           SSLv3
            C006 ECDHE-ECDSA-NULL-SHA            TLS_ECDHE_ECDSA_WITH_NULL_SHA                   TLSv1
            C010 ECDHE-RSA-NULL-SHA              TLS_ECDHE_RSA_WITH_NULL_SHA                     TLSv1
            C015 AECDH-NULL-SHA                  TLS_ECDH_anon_WITH_NULL_SHA                     TLSv1
            00AD RSA-PSK-AES256-GCM-SHA384       TLS_RSA_PSK_WITH_AES_256_GCM_SHA384             TLSv1.2
            00AB DHE-PSK-AES256-GCM-SHA384       TLS_DHE_PSK_WITH_AES_256_GCM_SHA384             TLSv1.2
            CCAE RSA-PSK-CHACHA20-POLY1305       TLS_RSA_PSK_WITH_CHACHA20_POLY1305_SHA256       TLSv1.2
            CCAD DHE-PSK-CHACHA20-POLY1305       TLS_DHE_PSK_WITH_CHACHA20_POLY1305_SHA256       TLSv1.2
            CCAC ECDHE-PSK-CHACHA20-POLY1305     TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256     TLSv1.2
            C0A7 DHE-PSK-AES256-CCM              TLS_DHE_PSK_WITH_AES_256_CCM                    TLSv1.2
            C06F RSA-PSK-ARIA256-GCM-SHA384      TLS_RSA_PSK_WITH_ARIA_256_GCM_SHA384            TLSv1.2
            C06D DHE-PSK-ARIA256-GCM-SHA384      TLS_DHE_PSK_WITH_ARIA_256_GCM_SHA384            TLSv1.2
            009D AES256-GCM-SHA384               TLS_RSA_WITH_AES_256_GCM_SHA384                 TLSv1.2
            C09D AES256-CCM                      TLS_RSA_WITH_AES_256_CCM                        TLSv1.2
            C051 ARIA256-GCM-SHA384              TLS_RSA_WITH_ARIA_256_GCM_SHA384                TLSv1.2
            00A9 PSK-AES256-GCM-SHA384           TLS_PSK_WITH_AES_256_GCM_SHA384                 TLSv1.2
            CCAB PSK-CHACHA20-POLY1305           TLS_PSK_WITH_CHACHA20_POLY1305_SHA256           TLSv1.2
            C0A5 PSK-AES256-CCM                  TLS_PSK_WITH_AES_256_CCM                        TLSv1.2
            C06B PSK-ARIA256-GCM-SHA384          TLS_PSK_WITH_ARIA_256_GCM_SHA384                TLSv1.2
            00AC RSA-PSK-AES128-GCM-SHA256       TLS_RSA_PSK_WITH_AES_128_GCM_SHA256             TLSv1.2
            00AA DHE-PSK-AES128-GCM-SHA256       TLS_DHE_PSK_WITH_AES_128_GCM_SHA256             TLSv1.2
            C0A6 DHE-PSK-AES128-CCM              TLS_DHE_PSK_WITH_AES_128_CCM                    TLSv1.2
            C06E RSA-PSK-ARIA128-GCM-SHA256      TLS_RSA_PSK_WITH_ARIA_128_GCM_SHA256            TLSv1.2
            C06C DHE-PSK-ARIA128-GCM-SHA256      TLS_DHE_PSK_WITH_ARIA_128_GCM_SHA256            TLSv1.2
            009C AES128-GCM-SHA256               TLS_RSA_WITH_AES_128_GCM_SHA256                 TLSv1.2
            C09C AES128-CCM                      TLS_RSA_WITH_AES_128_CCM                        TLSv1.2
            C050 ARIA128-GCM-SHA256              TLS_RSA_WITH_ARIA_128_GCM_SHA256                TLSv1.2
            00A8 PSK-AES128-GCM-SHA256           TLS_PSK_WITH_AES_128_GCM_SHA256                 TLSv1.2
            C0A4 PSK-AES128-CCM                  TLS_PSK_WITH_AES_128_CCM                        TLSv1.2
            C06A PSK-ARIA128-GCM-SHA256          TLS_PSK_WITH_ARIA_128_GCM_SHA256                TLSv1.2
            C0AB DHE-PSK-AES256-CCM8             TLS_PSK_DHE_WITH_AES_256_CCM_8                  TLSv1.2
            C0AA DHE-PSK-AES128-CCM8             TLS_PSK_DHE_WITH_AES_128_CCM_8                  TLSv1.2
            C0A1 AES256-CCM8                     TLS_RSA_WITH_AES_256_CCM_8                      TLSv1.2
            C0A0 AES128-CCM8                     TLS_RSA_WITH_AES_128_CCM_8                      TLSv1.2
            C0A9 PSK-AES256-CCM8                 TLS_PSK_WITH_AES_256_CCM_8                      TLSv1.2
            C0A8 PSK-AES128-CCM8                 TLS_PSK_WITH_AES_128_CCM_8                      TLSv1.2
            003D AES256-SHA256                   TLS_RSA_WITH_AES_256_CBC_SHA256                 TLSv1.2
            00C0 CAMELLIA256-SHA256              TLS_RSA_WITH_CAMELLIA_256_CBC_SHA256            TLSv1.2
            003C AES128-SHA256                   TLS_RSA_WITH_AES_128_CBC_SHA256                 TLSv1.2
            00BA CAMELLIA128-SHA256              TLS_RSA_WITH_CAMELLIA_128_CBC_SHA256            TLSv1.2
            003B NULL-SHA256                     TLS_RSA_WITH_NULL_SHA256                        TLSv1.2
            C038 ECDHE-PSK-AES256-CBC-SHA384     TLS_ECDHE_PSK_WITH_AES_256_CBC_SHA384           TLSv1
            C036 ECDHE-PSK-AES256-CBC-SHA        TLS_ECDHE_PSK_WITH_AES_256_CBC_SHA              TLSv1
            00B7 RSA-PSK-AES256-CBC-SHA384       TLS_RSA_PSK_WITH_AES_256_CBC_SHA384             TLSv1
            00B3 DHE-PSK-AES256-CBC-SHA384       TLS_DHE_PSK_WITH_AES_256_CBC_SHA384             TLSv1
            0095 RSA-PSK-AES256-CBC-SHA          TLS_RSA_PSK_WITH_AES_256_CBC_SHA                SSLv3
            0091 DHE-PSK-AES256-CBC-SHA          TLS_DHE_PSK_WITH_AES_256_CBC_SHA                SSLv3
            C09B ECDHE-PSK-CAMELLIA256-SHA384    TLS_ECDHE_PSK_WITH_CAMELLIA_256_CBC_SHA384      TLSv1
            C099 RSA-PSK-CAMELLIA256-SHA384      TLS_RSA_PSK_WITH_CAMELLIA_256_CBC_SHA384        TLSv1
            C097 DHE-PSK-CAMELLIA256-SHA384      TLS_DHE_PSK_WITH_CAMELLIA_256_CBC_SHA384        TLSv1
            0035 AES256-SHA                      TLS_RSA_WITH_AES_256_CBC_SHA                    SSLv3
            0084 CAMELLIA256-SHA                 TLS_RSA_WITH_CAMELLIA_256_CBC_SHA               SSLv3
            00AF PSK-AES256-CBC-SHA384           TLS_PSK_WITH_AES_256_CBC_SHA384                 TLSv1
            008D PSK-AES256-CBC-SHA              TLS_PSK_WITH_AES_256_CBC_SHA                    SSLv3
            C095 PSK-CAMELLIA256-SHA384          TLS_PSK_WITH_CAMELLIA_256_CBC_SHA384            TLSv1
            C037 ECDHE-PSK-AES128-CBC-SHA256     TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA256           TLSv1
            C035 ECDHE-PSK-AES128-CBC-SHA        TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA              TLSv1
            00B6 RSA-PSK-AES128-CBC-SHA256       TLS_RSA_PSK_WITH_AES_128_CBC_SHA256             TLSv1
            00B2 DHE-PSK-AES128-CBC-SHA256       TLS_DHE_PSK_WITH_AES_128_CBC_SHA256             TLSv1
            0094 RSA-PSK-AES128-CBC-SHA          TLS_RSA_PSK_WITH_AES_128_CBC_SHA                SSLv3
            0090 DHE-PSK-AES128-CBC-SHA          TLS_DHE_PSK_WITH_AES_128_CBC_SHA                SSLv3
            C09A ECDHE-PSK-CAMELLIA128-SHA256    TLS_ECDHE_PSK_WITH_CAMELLIA_128_CBC_SHA256      TLSv1
            C098 RSA-PSK-CAMELLIA128-SHA256      TLS_RSA_PSK_WITH_CAMELLIA_128_CBC_SHA256        TLSv1
            C096 DHE-PSK-CAMELLIA128-SHA256      TLS_DHE_PSK_WITH_CAMELLIA_128_CBC_SHA256        TLSv1
            002F AES128-SHA                      TLS_RSA_WITH_AES_128_CBC_SHA                    SSLv3
            0041 CAMELLIA128-SHA                 TLS_RSA_WITH_CAMELLIA_128_CBC_SHA               SSLv3
            00AE PSK-AES128-CBC-SHA256           TLS_PSK_WITH_AES_128_CBC_SHA256                 TLSv1
            008C PSK-AES128-CBC-SHA              TLS_PSK_WITH_AES_128_CBC_SHA                    SSLv3
            C094 PSK-CAMELLIA128-SHA256          TLS_PSK_WITH_CAMELLIA_128_CBC_SHA256            TLSv1
            C03B ECDHE-PSK-NULL-SHA384           TLS_ECDHE_PSK_WITH_NULL_SHA384                  TLSv1
            C03A ECDHE-PSK-NULL-SHA256           TLS_ECDHE_PSK_WITH_NULL_SHA256                  TLSv1
            C039 ECDHE-PSK-NULL-SHA              TLS_ECDHE_PSK_WITH_NULL_SHA                     TLSv1
            00B9 RSA-PSK-NULL-SHA384             TLS_RSA_PSK_WITH_NULL_SHA384                    TLSv1
            00B8 RSA-PSK-NULL-SHA256             TLS_RSA_PSK_WITH_NULL_SHA256                    TLSv1
            00B5 DHE-PSK-NULL-SHA384             TLS_DHE_PSK_WITH_NULL_SHA384                    TLSv1
            00B4 DHE-PSK-NULL-SHA256             TLS_DHE_PSK_WITH_NULL_SHA256                    TLSv1
            002E RSA-PSK-NULL-SHA                TLS_RSA_PSK_WITH_NULL_SHA                       SSLv3
            002D DHE-PSK-NULL-SHA                TLS_DHE_PSK_WITH_NULL_SHA                       SSLv3
            0002 NULL-SHA                        TLS_RSA_WITH_NULL_SHA                           SSLv3
            00B1 PSK-NULL-SHA384                 TLS_PSK_WITH_NULL_SHA384                        TLSv1
            00B0 PSK-NULL-SHA256                 TLS_PSK_WITH_NULL_SHA256                        TLSv1
            002C PSK-NULL-SHA                    TLS_PSK_WITH_NULL_SHA                           SSLv3
            """;

    private SuiteTable() {}

    static List<Suite> read() {
        return ROWS.lines().map(SuiteTable::readRow).toList();
    }

    private static Suite readRow(String row) {
        String[] columns = row.split(" +", -1);
        String standardName = columns[2];
        int with = standardName.indexOf("_WITH_");
        String keys = with < 0 ? "" : standardName.substring("TLS_".length(), with);
        String records = standardName.substring(with < 0 ? "TLS_".length() : with + "_WITH_".length());
        Encryption encryption = encryption(records);
        String rest = records.substring(encryption.name().length());
        return new Suite(
                Integer.parseInt(columns[0], 16),
                columns[1],
                standardName,
                columns[3],
                keyExchange(keys),
                authentication(keys),
                encryption,
                isAead(encryption) ? Mac.AEAD : mac(rest),
                rest.equals("_SHA384") ? Hash.SHA384 : Hash.SHA256);
    }

    private static KeyExchange keyExchange(String keys) {
        return switch (keys) {
            case "" -> KeyExchange.ANY;
            case "RSA" -> KeyExchange.RSA;
            case "DHE_RSA", "DHE_DSS", "DH_anon" -> KeyExchange.DHE;
            case "ECDHE_RSA", "ECDHE_ECDSA", "ECDH_anon" -> KeyExchange.ECDHE;
            case "PSK" -> KeyExchange.PSK;
            case "DHE_PSK", "PSK_DHE" -> KeyExchange.DHE_PSK;
            case "ECDHE_PSK" -> KeyExchange.ECDHE_PSK;
            case "RSA_PSK" -> KeyExchange.RSA_PSK;
            default -> throw new AssertionError(keys);
        };
    }

    private static Authentication authentication(String keys) {
        return switch (keys) {
            case "" -> Authentication.ANY;
            case "RSA", "DHE_RSA", "ECDHE_RSA", "RSA_PSK" -> Authentication.RSA;
            case "ECDHE_ECDSA" -> Authentication.ECDSA;
            case "DHE_DSS" -> Authentication.DSS;
            case "PSK", "DHE_PSK", "PSK_DHE", "ECDHE_PSK" -> Authentication.PSK;
            case "DH_anon", "ECDH_anon" -> Authentication.NONE;
            default -> throw new AssertionError(keys);
        };
    }

    /** Returns the cipher with the longest name that is a prefix of {@code records}, since CCM is a prefix of CCM_8. */
    private static Encryption encryption(String records) {
        Encryption found = Encryption.NULL;
        for (Encryption encryption : Encryption.values()) {
            String name = encryption.name();
            if (records.startsWith(name) && name.length() >= found.name().length()) {
                found = encryption;
            }
        }
        return found;
    }

    private static boolean isAead(Encryption encryption) {
        String name = encryption.name();
        return name.contains("GCM") || name.contains("CCM") || name.contains("POLY1305");
    }

    private static Mac mac(String rest) {
        return switch (rest) {
            case "_SHA" -> Mac.SHA1;
            case "_SHA256" -> Mac.SHA256;
            case "_SHA384" -> Mac.SHA384;
            default -> throw new AssertionError(rest);
        };
    }
}
