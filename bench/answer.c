// answer PORT: an HTTP server that has one answer, for whoever connects, in one thread: what it takes itself
// is the same for all engines, and little. Prints a line once it listens.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const char kAnswer[] = "HTTP/1.0 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\nok\n";

static int die(const char* what) {
  perror(what);
  return 1;
}

int main(int argc, char** argv) {
  if (argc != 2) return die("usage: answer PORT");
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  const int on = 1;
  if (listener < 0 || setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0)
    return die("socket");
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(argv[1]))};
  if (bind(listener, (struct sockaddr*)&address, sizeof address) != 0) return die("bind");
  if (listen(listener, 4096) != 0) return die("listen");
  puts("listening");
  fflush(stdout);
  for (;;) {
    const int peer = accept(listener, NULL, NULL);
    if (peer < 0) continue;
    char question[4096];
    if (recv(peer, question, sizeof question, 0) > 0)
      (void)!send(peer, kAnswer, sizeof kAnswer - 1, MSG_NOSIGNAL);
    close(peer);
  }
}
