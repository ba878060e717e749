#include "cli/containers/disk_usage.h"

#include <gtest/gtest.h>

namespace cove::cli {
namespace {

std::string row_of(const DiskUse& use) {
  const auto form =
      format::Template::parse("{{.Type}} {{.TotalCount}} {{.Active}} {{.Size}} {{.Reclaimable}}");
  return form->execute(disk_use_row("Containers", use)).value();
}

TEST(DiskUsage, SharesAreWholePerCents) {
  EXPECT_EQ(row_of({3, 1, 3'000'000, 1'000'000, {}}), "Containers 3 1 3MB 1MB (33%)");
  EXPECT_EQ(row_of({2, 0, 36, 36, {}}), "Containers 2 0 36B 36B (100%)");
}

TEST(DiskUsage, OfNothingThereIsNoShare) {
  EXPECT_EQ(row_of({}), "Containers 0 0 0B 0B");
}

TEST(DiskUsage, EachKindHasItsTable) {
  for (const DiskKind& kind : kDiskKinds) {
    EXPECT_TRUE(format::ListFormat::parse(kind.list, {}).ok()) << kind.type;
    EXPECT_NE(kind.measure, nullptr) << kind.type;
  }
}

}  // namespace
}  // namespace cove::cli
