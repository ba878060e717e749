#include "engine/namespaces.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

namespace cove::engine {
namespace {

using launch::NamespaceKind;
using testing::ElementsAre;
using testing::IsEmpty;
using Who = NamespaceMember::Who;

TEST(NamespaceLink, HasKindAndNumber) {
  EXPECT_EQ(parse_namespace_link("net:[4026531840]", NamespaceKind::network), 4026531840U);
  for (const char* bad : {"", "net", "net:", "net:[]", "net:[1", "net:1]", "net:[x]", "mnt:[1]", "net:[-1]"})
    EXPECT_EQ(parse_namespace_link(bad, NamespaceKind::network), std::nullopt) << bad;
}

TEST(Namespaces, AreGroupedByWhoIsInThem) {
  const std::array<NamespaceMember, 6> members{{{NamespaceKind::network, 7, Who::container, "web"},
                                                {NamespaceKind::network, 7, Who::container, "db"},
                                                {NamespaceKind::network, 7, Who::holder, "kept"},
                                                {NamespaceKind::pid, 7, Who::container, "web"},
                                                {NamespaceKind::time, 3, Who::caller, ""},
                                                {NamespaceKind::time, 3, Who::container, "web"}}};
  const auto uses = group_namespaces(members);
  ASSERT_EQ(uses.size(), 3U);
  EXPECT_EQ(uses[0].kind, NamespaceKind::pid);
  EXPECT_THAT(uses[0].containers, ElementsAre("web"));
  EXPECT_EQ(uses[1].inode, 7U);
  EXPECT_THAT(uses[1].containers, ElementsAre("db", "web"));
  EXPECT_THAT(uses[1].holders, ElementsAre("kept"));
  EXPECT_FALSE(uses[1].caller);
  EXPECT_TRUE(uses[2].caller);
}

TEST(Namespaces, OfTheCallerAloneAreNoneOfOurs) {
  const std::array<NamespaceMember, 1> members{{{NamespaceKind::network, 7, Who::caller, ""}}};
  EXPECT_THAT(group_namespaces(members), IsEmpty());
}

}  // namespace
}  // namespace cove::engine
