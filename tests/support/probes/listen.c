// listen PORT [SECONDS=10]: listens on all addresses, prints listening=PORT and serves one connection
// ("hello"), or gives up. listen connect ADDRESS PORT: prints the error of a connection, or what came.
#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>

#include "probe.h"

static int connect_to(const char* address, int port) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  char text[64] = "";
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  inet_pton(AF_INET, address, &to.sin_addr);
  int result = connect(fd, (struct sockaddr*)&to, sizeof to);
  print_result("connect", result);
  if (result == 0 && read(fd, text, sizeof text - 1) > 0) printf("received=%s\n", text);
  return result != 0;
}

int main(int argc, char** argv) {
  if (argc == 4 && !strcmp(argv[1], "connect")) return connect_to(argv[2], atoi(argv[3]));
  int port = (int)number_argument(argc, argv, 1, 8080), yes = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in any = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (bind(fd, (struct sockaddr*)&any, sizeof any) || listen(fd, 1)) {
    print_result("listen", -1);
    return 1;
  }
  printf("listening=%d\n", port);
  fflush(stdout);
  struct pollfd wait_for = {.fd = fd, .events = POLLIN};
  if (poll(&wait_for, 1, (int)number_argument(argc, argv, 2, 10) * 1000) != 1) return 1;
  int client = accept(fd, NULL, NULL);
  print_result("accept", client);
  return write(client, "hello", 5) != 5;
}
