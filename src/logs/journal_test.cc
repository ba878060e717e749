#include "logs/journal.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string>

#include "logs/test_directory.h"
#include "logs/writer.h"
#include "sys/socket.h"

namespace cove::logs {
namespace {

class Journals : public testing::Test {
 protected:
  void SetUp() override { listen(); }
  void listen() { socket = sys::bind_datagram_at(directory.fd(), "journal").value(); }
  // The next datagram; empty if there is none.
  std::string next() {
    std::string datagram(65536, '\0');
    const ssize_t got = ::recv(socket.get(), datagram.data(), datagram.size(), MSG_DONTWAIT);
    datagram.resize(got < 0 ? 0 : static_cast<size_t>(got));
    return datagram;
  }
  // The field MESSAGE in its binary form.
  static std::string message(std::string_view text) {
    const uint64_t size = text.size();
    std::array<char, sizeof size> bytes{};
    std::memcpy(bytes.data(), &size, sizeof size);
    return "MESSAGE\n" + std::string(bytes.data(), bytes.size()) + std::string(text) + "\n";
  }
  LogWriter open() {
    LogOptions options;
    options.driver = Driver::journald;
    options.tag = "web/{{.Name}}";
    auto writer = LogWriter::open({}, options, identity, path.c_str());
    EXPECT_TRUE(writer.ok());
    return std::move(*writer);
  }

  TestDirectory directory;
  std::string path = directory.path("journal");
  LogIdentity identity{.id = "0123456789abcdef", .name = "one"};
  const std::string fields =
      "CONTAINER_ID=0123456789ab\nCONTAINER_ID_FULL=0123456789abcdef\nCONTAINER_NAME=one\nCONTAINER_TAG=web/"
      "one\n"
      "SYSLOG_IDENTIFIER=web/one\n";
  UniqueFd socket;
};

TEST_F(Journals, EachLineIsADatagramWithDockersFields) {
  LogWriter writer = open();
  writer.append_at(Channel::out, "a\nPRIORITY=0", 1);
  writer.append_at(Channel::err, "x\n", 2);
  EXPECT_EQ(next(), fields + "PRIORITY=6\n" + message("a"));
  EXPECT_EQ(next(), fields + "PRIORITY=3\n" + message("x"));
  EXPECT_EQ(next(), "");
  writer.end(Channel::out);
  EXPECT_EQ(next(), fields + "PRIORITY=6\n" + message("PRIORITY=0"));
}

TEST_F(Journals, PiecesOfALongLineSaySo) {
  LogWriter writer = open();
  writer.append_at(Channel::out, std::string(kPieceSize, 'x') + "y\n", 1);
  EXPECT_EQ(next(),
            fields + "PRIORITY=6\nCONTAINER_PARTIAL_MESSAGE=true\n" + message(std::string(kPieceSize, 'x')));
  EXPECT_EQ(next(), fields + "PRIORITY=6\n" + message("y"));
}

TEST_F(Journals, NobodyListeningIsAnErrorWithTheWayOut) {
  socket.reset();
  LogOptions options;
  options.driver = Driver::journald;
  for (const char* name : {"journal", "nothing"}) {
    const auto writer = LogWriter::open({}, options, identity, directory.path(name).c_str());
    ASSERT_FALSE(writer.ok());
    EXPECT_EQ(writer.error().code(), ErrorCode::unsupported);
    EXPECT_NE(writer.error().message().find("log driver journald: reach "), std::string::npos);
    EXPECT_EQ(writer.error().hint(),
              "start systemd-journald, or keep the log in files with --log-driver local");
  }
}

TEST_F(Journals, AJournalThatComesBackIsToldWhatItMissed) {
  LogWriter writer = open();
  socket.reset();
  writer.append_at(Channel::out, "lost\nlost too\n", 1);
  EXPECT_EQ(writer.lost_bytes(), 14U);
  ASSERT_EQ(::unlink(path.c_str()), 0);
  listen();
  writer.append_at(Channel::out, "after\n", 1);
  EXPECT_EQ(next(), fields + "PRIORITY=3\n" + message("cove: 14 bytes of output lost: Connection refused"));
  EXPECT_EQ(next(), fields + "PRIORITY=6\n" + message("after"));
}

TEST_F(Journals, AStuckJournalCostsOneWait) {
  auto journal = Journal::open({.driver = Driver::journald}, identity, path.c_str(), 100);
  ASSERT_TRUE(journal.ok());
  int error = 0;
  int sent = 0;
  while (error == 0 && sent < 10000) {
    error = journal->send(Channel::out, "x", false);
    ++sent;
  }
  EXPECT_EQ(error, EAGAIN);
  // Each of these would take a tenth of a second.
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(journal->send(Channel::out, "x", false), EAGAIN);
  EXPECT_NE(next(), "");
  EXPECT_EQ(journal->send(Channel::out, "x", false), 0);
}

TEST(JournalCommand, ShowsTheContainersLog) {
  EXPECT_EQ(journal_command({.id = "0123456789abcdef"}), "journalctl CONTAINER_ID_FULL=0123456789abcdef");
}

}  // namespace
}  // namespace cove::logs
