#include "engine/event_feed.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <string>
#include <utility>

#include "sys/file.h"

namespace cove::engine {
namespace {

class EventFeedTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string path = testing::TempDir() + "/feed.XXXXXX";
    ASSERT_NE(::mkdtemp(path.data()), nullptr);
    roots_ = {path, path};
  }
  void TearDown() override { static_cast<void>(sys::remove_tree_at(AT_FDCWD, roots_.data.c_str())); }

  void note(const std::string& action) {
    Event event;
    event.action = action;
    event.id = "x";
    record_event(roots_, std::move(event));
  }
  [[nodiscard]] std::string file(const char* name) const { return roots_.data + "/events/" + name; }
  // As append() does when the file has grown.
  void put_aside() const {
    ASSERT_TRUE(
        sys::rename_at(AT_FDCWD, file(kEventFile).c_str(), AT_FDCWD, file(kOlderEventFile).c_str()).ok());
  }
  static std::string rest(EventFeed& feed) {
    std::string actions;
    while (true) {
      const auto event = feed.next();
      if (!event.ok()) return event.error().message();
      if (!event->has_value()) return actions;
      actions += (*event)->action + " ";
    }
  }

  Roots roots_;
};

TEST_F(EventFeedTest, PastIsBothFilesOldestFirst) {
  note("a");
  put_aside();
  note("b");
  note("c");
  EventFeed feed = EventFeed::open(roots_, true, false).value();
  EXPECT_EQ(rest(feed), "a b c ");
  note("d");
  EXPECT_EQ(rest(feed), "d ");
}

// As a machine that lost its power leaves it: half a line, or a block that was never written.
TEST_F(EventFeedTest, ATornLineSpoilsNoOther) {
  for (const std::string_view torn :
       {std::string_view("{\"Type\":\"conta"), std::string_view("\0\0\0\0", 4)}) {
    note("a");
    const UniqueFd end = sys::open_path(file(kEventFile).c_str(), O_WRONLY | O_APPEND).value();
    ASSERT_TRUE(sys::write_all(end.get(), torn, "events").ok());
    note("b");
    note("c");
    EventFeed feed = EventFeed::open(roots_, true, false).value();
    EXPECT_EQ(rest(feed), "a b c ");
    ASSERT_TRUE(sys::remove_file_at(AT_FDCWD, file(kEventFile).c_str()).ok());
  }
}

TEST_F(EventFeedTest, WhatIsYetToComeOnly) {
  note("a");
  EventFeed feed = EventFeed::open(roots_, false, true).value();
  EXPECT_EQ(rest(feed), "");
  note("b");
  ASSERT_TRUE(feed.wait(0).ok());
  EXPECT_EQ(rest(feed), "b ");
}

TEST_F(EventFeedTest, BeforeThereIsAnything) {
  EventFeed feed = EventFeed::open(roots_, true, true).value();
  EXPECT_EQ(rest(feed), "");
  note("a");
  EXPECT_EQ(rest(feed), "a ");
}

TEST_F(EventFeedTest, NothingIsLostWhenTheFileIsPutAside) {
  note("a");
  EventFeed feed = EventFeed::open(roots_, true, false).value();
  EXPECT_EQ(rest(feed), "a ");
  note("b");
  put_aside();
  EXPECT_EQ(rest(feed), "b ");
  note("c");
  put_aside();
  note("d");
  EXPECT_EQ(rest(feed), "c d ");
  // Twice before anybody looked.
  note("e");
  put_aside();
  note("f");
  put_aside();
  note("g");
  EXPECT_EQ(rest(feed), "e f g ");
}

TEST_F(EventFeedTest, WhatIsNoEventIsLeftOut) {
  note("a");
  const UniqueFd out = sys::open_path(file(kEventFile).c_str(), O_WRONLY | O_APPEND).value();
  ASSERT_TRUE(sys::write_all(out.get(), "{\"Type\":\n\nnothing\n", "events").ok());
  note("b");
  ASSERT_TRUE(sys::write_all(out.get(), "{\"half", "events").ok());
  EventFeed feed = EventFeed::open(roots_, true, false).value();
  EXPECT_EQ(rest(feed), "a b ");
  put_aside();
  note("c");
  EXPECT_EQ(rest(feed), "c ");
}

}  // namespace
}  // namespace cove::engine
