#include "store/finisher.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>

namespace cove::store {
namespace {

archive::PendingFile file_of(std::string content) {
  archive::PendingFile file;
  file.entry.path = "path";
  file.content = std::move(content);
  return file;
}

TEST(Finisher, AllAreDoneInTheirOrder) {
  std::string done;
  std::string wanted;
  Finisher finisher([&done](const archive::PendingFile& file) {
    done += file.content;
    return Status();
  });
  for (int i = 0; i < 1000; ++i) {
    const std::string content = fmt::format("{} ", i);
    wanted += content;
    ASSERT_TRUE(finisher.add(file_of(content)).ok());
  }
  ASSERT_TRUE(finisher.finish().ok());
  EXPECT_EQ(done, wanted);
}

TEST(Finisher, NothingIsAsGood) {
  Finisher finisher([](const archive::PendingFile&) { return Status(); });
  EXPECT_TRUE(finisher.finish().ok());
}

TEST(Finisher, TheFirstErrorEndsIt) {
  std::atomic<int> calls = 0;
  Finisher finisher([&calls](const archive::PendingFile&) {
    return ++calls < 20 ? Status() : Status(Error(ErrorCode::invalid_argument, "full"));
  });
  // Who adds hears of it before long.
  int added = 0;
  while (added < 100'000 && finisher.add(file_of(std::string(100'000, 'x'))).ok()) ++added;
  EXPECT_LT(added, 200);
  EXPECT_EQ(finisher.finish().error().message(), "full");
  EXPECT_EQ(calls, 20);
}

TEST(Finisher, WhoGivesUpWaitsForNobody) {
  std::atomic<int> calls = 0;
  {
    Finisher finisher([&calls](const archive::PendingFile&) {
      ++calls;
      return Status();
    });
    for (int i = 0; i < 44; ++i) ASSERT_TRUE(finisher.add(file_of("x")).ok());
  }
  // What was not handed over is dropped.
  EXPECT_EQ(calls, 40);
}

}  // namespace
}  // namespace cove::store
