/*
 * The process that BoringSSL's runner starts for each test: passes its arguments to the JVM of io.heddle.bogo.BogoShim, over the
 * Unix-domain socket that HEDDLE_BOGO_SOCKET names, and forwards the output. Frames of the JVM: one byte (1 standard
 * output, 2 standard error, 0 the end), four bytes of length or exit code in network order, the bytes.
 */
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static void send_all(int to, const void *bytes, size_t length) {
    const char *from = bytes;
    while (length > 0) {
        ssize_t n = write(to, from, length);
        if (n <= 0) {
            fail("heddle-bogo: write");
        }
        from += n;
        length -= (size_t) n;
    }
}

static void receive_all(int from, void *bytes, size_t length) {
    char *into = bytes;
    while (length > 0) {
        ssize_t n = read(from, into, length);
        if (n <= 0) {
            fail("heddle-bogo: read");
        }
        into += n;
        length -= (size_t) n;
    }
}

static void send_number(int to, uint32_t number) {
    uint32_t wire = htonl(number);
    send_all(to, &wire, sizeof wire);
}

int main(int argc, char **argv) {
    const char *path = getenv("HEDDLE_BOGO_SOCKET");
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (path == NULL || strlen(path) >= sizeof address.sun_path) {
        fputs("heddle-bogo: HEDDLE_BOGO_SOCKET does not name a socket\n", stderr);
        return 1;
    }
    strcpy(address.sun_path, path);
    int jvm = socket(AF_UNIX, SOCK_STREAM, 0);
    if (jvm < 0 || connect(jvm, (struct sockaddr *) &address, sizeof address) != 0) {
        fail("heddle-bogo: connect");
    }
    send_number(jvm, (uint32_t) (argc - 1));
    for (int i = 1; i < argc; i++) {
        size_t length = strlen(argv[i]);
        send_number(jvm, (uint32_t) length);
        send_all(jvm, argv[i], length);
    }
    for (;;) {
        unsigned char kind;
        uint32_t number;
        receive_all(jvm, &kind, 1);
        receive_all(jvm, &number, sizeof number);
        number = ntohl(number);
        if (kind == 0) {
            return (int) number;
        }
        char buffer[4096];
        while (number > 0) {
            size_t n = number < sizeof buffer ? number : sizeof buffer;
            receive_all(jvm, buffer, n);
            send_all(kind, buffer, n);
            number -= (uint32_t) n;
        }
    }
}
