# The project's commands; plain `make` prints them. Each finds a JDK 21 or later itself (bin/find-jdk).

# Seconds that each fuzz test gets in `make fuzz`; in `make test` it is one.
FUZZ_SECONDS ?= 60
# Seconds for which each row of `make bench` measures each peer, and a pattern for the names of the rows; empty for all.
BENCH_SECONDS ?= 2
ONLY ?=
# Seconds that the faults of `make soak` share; in `make test` it is ten.
SOAK_SECONDS ?= 600

# The providers of the cryptography in `make test`: auto is native where present, or native, or jdk. The tests that are
# tagged provider run again with the others.
CRYPTO ?= auto

# Which classes `make mutation` changes, by patterns with , between them; empty for all that the pom lists.
CLASSES ?=

# Which tests `make bogo` runs, by patterns with ; between them; empty for all.
TESTS ?=

MVN := mvn -B -ntp
NODES := HEDDLE_NODES=$$(.ci/nodes) && export HEDDLE_NODES &&
JDK := JAVA_HOME=$$(bin/find-jdk) && export JAVA_HOME &&
BUILT := target/cli.built
BENCH = $(JDK) $(NODES) $(MVN) test -Dheddle.groups=bench -Dheddle.excludedGroups=

help: ## print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' Makefile

run: $(BUILT) certs/generated/ca.pem ## the main task: real connections, full and resumed, and a table of the measurements
	bin/heddle run

test: verify ## everything: format, static analysis, unit, flow, rules, fuzz (1 s each), soak (10 s), interop
	$(JDK) $(NODES) $(MVN) spotless:check test -Dheddle.fuzz.seconds=1 \
		-Dheddle.crypto=$(CRYPTO) -Dheddle.otherCrypto=$(if $(filter jdk,$(CRYPTO)),native,jdk)
	@$(JDK) $(NODES) .ci/versions passed

test-debian13: ## test in a Debian 13 root, with JDK 21, its cryptography and OpenSSL 3.5; needs root and debootstrap
	.ci/debian13 make test CRYPTO=jdk

unit: ## the fast part of test: no other programs, no fuzzing, few sockets
	$(JDK) $(MVN) test -Dheddle.excludedGroups='interop,fuzz,socket,soak,bench' -DforkCount=2

build: $(BUILT) ## the library and the command, as jars in target/

fmt: ## format all sources
	$(JDK) $(MVN) -q spotless:apply

interop: ## only the tests against openssl, node and other programs
	$(JDK) $(NODES) $(MVN) test -Dheddle.groups=interop

fuzz: ## only the fuzz tests, FUZZ_SECONDS=60 each
	$(JDK) $(MVN) test -Dheddle.groups=fuzz -Dheddle.fuzz.seconds=$(FUZZ_SECONDS)

bogo: ## BoringSSL's test runner against Heddle, or only TESTS='Basic-*;ALPN*'; downloads the runner from Debian's sources
	$(JDK) $(MVN) -q test-compile dependency:build-classpath -Dmdep.outputFile=target/bogo/classpath
	@$(JDK) .ci/bogo "$(TESTS)"

mutation: ## mutate the code of sessions, certificates, ciphers and handshake rules and list the changes that no test detects; CLASSES='io.heddle.session.Ticket*' for some
	$(JDK) $(MVN) -q test-compile
	$(JDK) $(MVN) -Pmutation org.pitest:pitest-maven:mutationCoverage $(if $(CLASSES),'-Dheddle.mutate=$(CLASSES)')
	@echo the changes that survived: target/pit-reports/index.html

soak: ## only the campaign of faults and floods, SOAK_SECONDS=600 for all of it
	$(JDK) $(MVN) test -Dheddle.groups=soak -Dheddle.soak.seconds=$(SOAK_SECONDS)

bench: ## the measurements beside other TLS stacks, up to 30 minutes, into target/bench.txt and .json; ONLY='resumed|server' for some rows
	$(if $(ONLY),,rm -f target/bench.json)
	$(BENCH) -Dheddle.bench.seconds=$(BENCH_SECONDS) '-Dheddle.bench.only=$(ONLY)'

bench-quick: ## the most important of them in five minutes
	$(if $(ONLY),,rm -f target/bench.json)
	$(BENCH) -Dheddle.bench.quick=true '-Dheddle.bench.only=$(ONLY)'

bench-docs: ## the last measurements into the tables and pictures of docs/benchmarks.md
	$(JDK) $(MVN) -q test-compile dependency:build-classpath -Dmdep.includeScope=test -Dmdep.outputFile=target/bench.classpath
	$(JDK) $$JAVA_HOME/bin/java -cp target/test-classes:target/classes:$$(cat target/bench.classpath) io.heddle.bench.DocsMain

certs: $(BUILT) ## create the test certificates of certs/generated again
	bin/heddle certs certs/generated --force

javadoc: ## the API documentation, into target/reports/apidocs
	$(JDK) $(MVN) -q javadoc:javadoc

public-types: ## write the list of public types again, after an intended change
	$(JDK) $(MVN) -q test -Dtest=ArchitectureTest -Dheddle.publicTypes=write

house: ## print the figures of the source structure that HouseTest bounds: files, circles, duplicates, words of comments
	@$(JDK) $(MVN) -q test -Dtest=HouseTest; status=$$?; cat target/house.txt; exit $$status

verify: ## search for problems that no compiler reports: monitors, printing, sleeping and disabled tests
	@.ci/verify

clean: ## remove the build output
	rm -rf target

# bin/heddle uses the newest jar, so one file with the time of the last packaging is enough to compare with.
$(BUILT): pom.xml $(shell find src/main -type f)
	$(JDK) $(MVN) -q package -Dmaven.test.skip=true
	@touch $@

certs/generated/ca.pem: | $(BUILT)
	bin/heddle certs certs/generated --force

.PHONY: help run test test-debian13 unit build fmt interop fuzz bogo mutation bench bench-quick bench-docs certs javadoc public-types house verify clean
