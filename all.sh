. /tmp/stls-real/env.sh
for v in TLSv1.2 TLSv1.3; do for r in 0 0.5; do
: > $R/exim-run/log/main.log;  l exim 55027 smtp --versions $v --resume $r --handshakes 300 -d 30s
: > $R/postfix/log;  l postfix 55025 smtp --versions $v --resume $r --handshakes 300 -d 30s; echo "  postfix connect $(grep -c ': connect from' $R/postfix/log) lost $(grep -c 'lost conn' $R/postfix/log) tls $(grep -c 'TLS connection established' $R/postfix/log) sig $(grep -c server-signature $R/postfix/log) $(grep -o 'disconnect.*starttls.*' $R/postfix/log | sort | uniq -c)"
echo "  exim with signature $(grep -c 'X=.*RSA_PSS' $R/exim-run/log/main.log) resumed $(grep -c 'X=.*\* ' $R/exim-run/log/main.log) quit $(grep -c 'closed by QUIT' $R/exim-run/log/main.log)"
for x in "imap 55145" "pop3 55112"; do set -- $x; : > $R/dovecot/log3;  l $1 $2 $1 --versions $v --resume $r --handshakes 300 -d 30s; sleep 0.5; echo "  dovecot: $(grep -E "$1-login: Info:" $R/dovecot/log3 | sed 's/.*Info: //;s/ (.*//' | sort | uniq -c) ; $(grep -cE 'ret=1: SSLv3/TLS write server hello' $R/dovecot/log3) hello;  $(grep -cE 'ret=1: SSLv3/TLS write certificate$' $R/dovecot/log3) certificate"; done
: > $R/ldap/log; l ldap 55389 ldap --versions $v --resume $r --handshakes 300 -d 30s; sleep 0.5; bash $R/ldapcount.sh; echo "   unbind $(grep -ac UNBIND $R/ldap/log)"
: > $R/pg/log;  l pg 55432 postgres --versions $v --resume $r --handshakes 300 -d 30s; sleep 0.5; echo "  pg: received $(grep -c 'connection received' $R/pg/log) SSL $(grep -c 'SSL connection' $R/pg/log)"
done; done
for x in "imap 55143" "pop3 55110"; do set -- $x; : > $R/dovecot/log;  l $1-default $2 $1 --versions TLSv1.3 --resume 0.5 --handshakes 300 -d 30s; sleep 0.5; echo "  dovecot: $(grep -E "$1-login: Info:" $R/dovecot/log | sed 's/.*Info: //;s/ (.*//' | sort | uniq -c)"; done
for x in "imap 55144 imap" "pop3 55111 pop3" "ldap 55390 ldap" "pg 55433 postgres" "smtp 55026 smtp"; do set -- $x; l plain-$1 $2 $3 --handshakes 10 --warmup 0; done
