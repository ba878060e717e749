#include "kernel/seccomp/name_index.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace cove::seccomp {
namespace {

TEST(NameIndex, FindsEachNameAndNoOther) {
  std::vector<std::string> names;
  for (int i = 0; i < 32; ++i) names.push_back("name" + std::to_string(i * i));
  NameIndex<64> index;
  for (size_t i = 0; i < names.size(); ++i) index.add(names[i], static_cast<uint16_t>(i));
  const auto name_at = [&](size_t place) { return std::string_view(names[place]); };
  for (size_t i = 0; i < names.size(); ++i) EXPECT_EQ(index.find(names[i], name_at), i);
  for (const char* other : {"", "name", "name2", "name00", "Name1", "name1 "}) {
    EXPECT_EQ(index.find(other, name_at), std::nullopt) << other;
  }
}

// Two names in four slots: some of these meet, and the search has to go past the end.
TEST(NameIndex, NamesThatMeetAreKeptApart) {
  for (char a = 'a'; a <= 'z'; ++a) {
    const std::string pair[2] = {std::string(1, a), std::string(1, static_cast<char>(a + 1)) + a};
    NameIndex<4> index;
    index.add(pair[0], 0);
    index.add(pair[1], 1);
    const auto name_at = [&](size_t place) { return std::string_view(pair[place]); };
    EXPECT_EQ(index.find(pair[0], name_at), 0U);
    EXPECT_EQ(index.find(pair[1], name_at), 1U);
    EXPECT_EQ(index.find("other", name_at), std::nullopt);
  }
}

}  // namespace
}  // namespace cove::seccomp
