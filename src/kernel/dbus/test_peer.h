// For tests: a D-Bus server in a child process that follows a script.
#pragma once

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/dbus/address.h"
#include "kernel/dbus/message.h"
#include "sys/process.h"

namespace cove::dbus {

inline uint64_t soon(unsigned ms = 5000) {
  return sys::monotonic_nanoseconds() + uint64_t{ms} * 1'000'000;
}

// The server's side of the socket, in the child.
class Peer {
 public:
  explicit Peer(int fd) : fd_(fd) {}

  void send(std::string_view bytes) const {
    if (write(fd_, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) _exit(90);
  }
  // Reads until `count` bytes are there.
  std::string receive(size_t count) {
    while (buffer_.size() < count) more();
    std::string bytes = buffer_.substr(0, count);
    buffer_.erase(0, count);
    return bytes;
  }
  std::string line() {
    while (buffer_.find("\r\n") == std::string::npos) more();
    std::string text = buffer_.substr(0, buffer_.find("\r\n"));
    buffer_.erase(0, text.size() + 2);
    return text;
  }
  Message message() {
    const std::string header = receive(kFixedHeader);
    const auto length = message_length(header);
    if (!length) _exit(91);
    auto parsed = parse_message(header + receive(*length - kFixedHeader));
    if (!parsed) _exit(92);
    return *parsed;
  }
  void accept_client() {
    if (line() != std::string_view("\0AUTH EXTERNAL", 14)) _exit(93);
    send("DATA\r\n");
    if (line() != "DATA") _exit(94);
    send("OK 0123456789abcdef0123456789abcdef\r\n");
    if (line() != "BEGIN") _exit(95);
  }
  void answer(const Message& call, const std::vector<Value>& values, const std::string& error = "") const {
    Message reply;
    reply.type = error.empty() ? MessageType::method_return : MessageType::error;
    reply.serial = 7;
    reply.reply_serial = call.serial;
    reply.error_name = error;
    send(marshal(reply, values).value());
  }
  void signal(const std::string& member, const std::vector<Value>& values) const {
    Message message;
    message.type = MessageType::signal;
    message.serial = 8;
    message.path = "/x";
    message.interface = "x.y";
    message.member = member;
    send(marshal(message, values).value());
  }

 private:
  void more() {
    char block[4096];
    const ssize_t got = read(fd_, block, sizeof block);
    if (got <= 0) _exit(96);
    buffer_.append(block, static_cast<size_t>(got));
  }
  int fd_;
  std::string buffer_;
};

class FakeServer : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/cove-dbus-XXXXXX";
    ASSERT_NE(mkdtemp(name), nullptr);
    directory_ = name;
    socket_ = {directory_ + "/socket", false};
  }
  void TearDown() override {
    if (child_ > 0) {
      kill(child_, SIGKILL);
      waitpid(child_, nullptr, 0);
    }
    unlink(socket_.path.c_str());
    EXPECT_EQ(rmdir(directory_.c_str()), 0);
  }
  // Listens, and has one client served by a child.
  void serve(const std::function<void(Peer&)>& script) {
    struct sockaddr_un address {};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, socket_.path.c_str(), sizeof address.sun_path - 1);
    const int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ASSERT_EQ(bind(listener, reinterpret_cast<struct sockaddr*>(&address), sizeof address), 0);
    ASSERT_EQ(listen(listener, 1), 0);
    child_ = fork();
    if (child_ == 0) {
      Peer peer(accept(listener, nullptr, nullptr));
      script(peer);
      pause();
    }
    close(listener);
  }
  std::string directory_;
  SocketName socket_;
  pid_t child_ = 0;
};

}  // namespace cove::dbus
