#include "sys/stream.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <string>

#include "sys/file.h"
#include "sys/poll.h"
#include "sys/process.h"

namespace cove::sys {
namespace {

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

class Streams : public testing::Test {
 protected:
  void SetUp() override {
    auto made = make_pipe();
    ASSERT_TRUE(made.ok());
    pipe = std::move(*made);
  }

  PipePair pipe;
  std::array<std::byte, 16> buffer{};
};

TEST_F(Streams, OwnedPipeNeverWaitsAndTellsOfItsEnd) {
  auto stream = Stream::own(std::move(pipe.read_end));
  ASSERT_TRUE(stream.ok());
  EXPECT_EQ(stream->read_some(buffer).state, IoState::would_block);
  ASSERT_EQ(::write(pipe.write_end.get(), "abc", 3), 3);
  const IoResult got = stream->read_some(buffer);
  EXPECT_EQ(got.state, IoState::moved);
  EXPECT_EQ(got.bytes, 3U);
  pipe.write_end.reset();
  EXPECT_EQ(stream->read_some(buffer).state, IoState::closed);
}

TEST_F(Streams, BorrowedPipeKeepsItsOwnFlags) {
  Stream stream = Stream::borrow_for_writing(pipe.write_end.get());
  EXPECT_FALSE(stream.waits_for_poll());
  const std::string much(size_t{1} << 20, 'x');
  const IoResult first = stream.write_some(bytes_of(much));
  EXPECT_EQ(first.state, IoState::moved);
  EXPECT_LT(first.bytes, much.size());
  EXPECT_EQ(stream.write_some(bytes_of("x")).state, IoState::would_block);
  EXPECT_EQ(::fcntl(pipe.write_end.get(), F_GETFL) & O_NONBLOCK, 0);
}

TEST_F(Streams, PipeWithoutAReaderIsClosed) {
  const auto mask = block_signals({SIGPIPE});
  ASSERT_TRUE(mask.ok());
  pipe.read_end.reset();
  Stream stream = Stream::borrow_for_writing(pipe.write_end.get());
  EXPECT_EQ(stream.write_some(bytes_of("x")).state, IoState::closed);
  const struct timespec now {};
  const SignalSet sigpipe{SIGPIPE};
  EXPECT_EQ(::sigtimedwait(&sigpipe.native(), nullptr, &now), SIGPIPE);
  ASSERT_TRUE(set_signal_mask(*mask).ok());
}

TEST_F(Streams, BorrowedSocketIsUsedWithoutItsFlagsChanging) {
  int ends[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
  const UniqueFd one(ends[0]);
  UniqueFd other(ends[1]);
  Stream stream = Stream::borrow_for_reading(one.get());
  EXPECT_EQ(stream.read_some(buffer).state, IoState::would_block);
  EXPECT_EQ(::fcntl(one.get(), F_GETFL) & O_NONBLOCK, 0);
  other.reset();
  EXPECT_EQ(stream.read_some(buffer).state, IoState::closed);
  EXPECT_EQ(Stream::borrow_for_writing(one.get()).write_some(bytes_of("x")).state,
            IoState::closed);  // no SIGPIPE
}

TEST_F(Streams, RegularFileKeepsItsSharedPosition) {
  const auto file = open_path("/tmp", O_TMPFILE | O_RDWR, 0600);
  ASSERT_TRUE(file.ok());
  ASSERT_EQ(::write(file->get(), "ab", 2), 2);
  EXPECT_EQ(Stream::borrow_for_writing(file->get()).write_some(bytes_of("cd")).bytes, 2U);
  EXPECT_EQ(::lseek(file->get(), 0, SEEK_CUR), 4);
}

TEST_F(Streams, ClosedDescriptorIsAClosedStream) {
  Stream stream = Stream::borrow_for_writing(-1);
  EXPECT_FALSE(stream.open());
  EXPECT_EQ(stream.write_some(bytes_of("x")).state, IoState::closed);
}

TEST_F(Streams, DescriptorOfTheOtherDirectionIsAClosedStream) {
  EXPECT_FALSE(Stream::borrow_for_writing(pipe.read_end.get()).open());
  EXPECT_FALSE(Stream::borrow_for_reading(pipe.write_end.get()).open());
}

TEST(PollUntil, ReturnsAtTheDeadlineAndNotBefore) {
  const uint64_t start = monotonic_nanoseconds();
  const auto ready = poll_until({}, start + 30'000'000);
  ASSERT_TRUE(ready.ok());
  EXPECT_EQ(*ready, 0U);
  EXPECT_GE(monotonic_nanoseconds() - start, 30'000'000U);
  ASSERT_TRUE(poll_until({}, start).ok());  // past: at once
}

TEST(SignalFd, GivesWhatIsPendingThenNothing) {
  const SignalSet wanted{SIGUSR1};
  const auto mask = block_signals(wanted);
  ASSERT_TRUE(mask.ok());
  const auto fd = open_signal_fd(wanted);
  ASSERT_TRUE(fd.ok());
  ::raise(SIGUSR1);
  const auto first = read_signal(fd->get());
  ASSERT_TRUE(first.ok() && first->has_value());
  EXPECT_EQ((*first)->number, SIGUSR1);
  EXPECT_EQ((*first)->sender, ::getpid());
  const auto second = read_signal(fd->get());
  ASSERT_TRUE(second.ok());
  EXPECT_FALSE(second->has_value());
  ASSERT_TRUE(set_signal_mask(*mask).ok());
}

}  // namespace
}  // namespace cove::sys
