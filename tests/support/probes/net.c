// net serve tcp|udp PORT [COUNT=1000]: tells each client, who it is, at all addresses of both versions;
// prints listening=PORT first. net ask tcp|udp ADDRESS PORT: prints what the server says ("seen=ADDRESS"), or
// error=NAME, after at most two seconds. net lookup NAME [4|6]: the addresses that the C library finds,
// sorted, or error=TEXT. net reverse ADDRESS: the name.
#include <arpa/inet.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "probe.h"

static int type_of(const char* name) {
  return strcmp(name, "udp") == 0 ? SOCK_DGRAM : SOCK_STREAM;
}

// Of a mapped address the part of version 4.
static void tell(int fd, const struct sockaddr_in6* who, int datagram) {
  char address[INET6_ADDRSTRLEN], text[128];
  inet_ntop(AF_INET6, &who->sin6_addr, address, sizeof address);
  const char* shown = strncmp(address, "::ffff:", 7) == 0 ? address + 7 : address;
  int size = snprintf(text, sizeof text, "seen=%s\n", shown);
  ssize_t sent = datagram ? sendto(fd, text, (size_t)size, 0, (const struct sockaddr*)who, sizeof *who)
                          : write(fd, text, (size_t)size);
  (void)sent;
}

static int serve(int type, int port, long count) {
  int fd = socket(AF_INET6, type, 0), on = 1, off = 0;
  struct sockaddr_in6 any = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port)};
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
  if (bind(fd, (struct sockaddr*)&any, sizeof any) || (type == SOCK_STREAM && listen(fd, 64))) {
    print_result("listen", -1);
    return 1;
  }
  printf("listening=%d\n", port);
  fflush(stdout);
  for (; count > 0; count--) {
    struct sockaddr_in6 who;
    socklen_t size = sizeof who;
    if (type == SOCK_DGRAM) {
      char byte;
      if (recvfrom(fd, &byte, 1, 0, (struct sockaddr*)&who, &size) >= 0) tell(fd, &who, 1);
      continue;
    }
    int client = accept(fd, (struct sockaddr*)&who, &size);
    if (client < 0) continue;
    tell(client, &who, 0);
    close(client);
  }
  return 0;
}

static int failed(const char* what) {
  printf("error=%s %s\n", what, errno_name(errno));
  return 1;
}

static int ask(int type, const char* address, const char* port) {
  struct addrinfo hints = {.ai_socktype = type, .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV}, *to;
  struct timeval patience = {.tv_sec = 2};
  char text[128] = "";
  if (getaddrinfo(address, port, &hints, &to) != 0) return failed("address");
  int fd = socket(to->ai_family, type, 0);
  if (fd < 0) return failed("socket");
  // A connect(2) that nobody answers ends after this time, too.
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  if (connect(fd, to->ai_addr, to->ai_addrlen) != 0) return failed("connect");
  if (type == SOCK_DGRAM && send(fd, "x", 1, 0) != 1) return failed("send");
  if (recv(fd, text, sizeof text - 1, 0) <= 0) return failed("receive");
  fputs(text, stdout);
  return 0;
}

static int compare(const void* one, const void* other) {
  return strcmp(one, other);
}

static int lookup(const char* name, const char* version) {
  struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found;
  static char texts[64][INET6_ADDRSTRLEN];
  size_t count = 0;
  if (version != NULL) hints.ai_family = version[0] == '4' ? AF_INET : AF_INET6;
  int error = getaddrinfo(name, NULL, &hints, &found);
  if (error != 0) {
    printf("error=%s\n", gai_strerror(error));
    return 1;
  }
  for (; found != NULL && count < 64; found = found->ai_next, count++)
    getnameinfo(found->ai_addr, found->ai_addrlen, texts[count], sizeof texts[count], NULL, 0,
                NI_NUMERICHOST);
  qsort(texts, count, sizeof texts[0], compare);
  for (size_t i = 0; i < count; i++) puts(texts[i]);
  return 0;
}

static int reverse(const char* address) {
  struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST}, *of;
  char name[NI_MAXHOST];
  if (getaddrinfo(address, NULL, &hints, &of) != 0) return failed("address");
  int error = getnameinfo(of->ai_addr, of->ai_addrlen, name, sizeof name, NULL, 0, NI_NAMEREQD);
  printf(error != 0 ? "error=%s\n" : "%s\n", error != 0 ? gai_strerror(error) : name);
  return error != 0;
}

int main(int argc, char** argv) {
  if (argc >= 4 && strcmp(argv[1], "serve") == 0)
    return serve(type_of(argv[2]), atoi(argv[3]), number_argument(argc, argv, 4, 1000));
  if (argc == 5 && strcmp(argv[1], "ask") == 0) return ask(type_of(argv[2]), argv[3], argv[4]);
  if (argc >= 3 && strcmp(argv[1], "lookup") == 0) return lookup(argv[2], argv[3]);
  if (argc == 3 && strcmp(argv[1], "reverse") == 0) return reverse(argv[2]);
  fputs("net serve tcp|udp PORT [COUNT] | ask tcp|udp ADDRESS PORT | lookup NAME [4|6] | reverse ADDRESS\n",
        stderr);
  return 2;
}
