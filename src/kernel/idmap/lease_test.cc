#include "kernel/idmap/lease.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <set>
#include <string>
#include <vector>

#include "kernel/idmap/map_text.h"
#include "sys/file.h"
#include "sys/process.h"

namespace cove::idmap {
namespace {

class Lease : public testing::Test {
 protected:
  Lease() : directory(testing::TempDir() + "/lease_XXXXXX") {
    if (::mkdtemp(directory.data()) == nullptr) ADD_FAILURE() << "mkdtemp";
  }
  ~Lease() override { static_cast<void>(sys::remove_tree_at(AT_FDCWD, directory.c_str())); }

  std::string directory;
  std::string kept = directory + "/kept";
  // Everything but the one range at kOnlyBase.
  static constexpr uint32_t kOnlyBase = kLeaseFirst + 5 * kLeaseCount;
  const std::vector<SubRange> all_but_one{{0, kOnlyBase},
                                          {kOnlyBase + kLeaseCount, kLastId - kOnlyBase - kLeaseCount}};
};

TEST_F(Lease, RangesAreDistinctAlignedAndWithinBounds) {
  std::vector<RangeLease> leases;
  std::set<uint32_t> bases;
  for (int i = 0; i < 50; ++i) {
    auto lease = lease_range(directory.c_str(), kept.c_str(), {});
    ASSERT_TRUE(lease.ok()) << lease.error().message();
    EXPECT_EQ(lease->base % kLeaseCount, 0U);
    EXPECT_GE(lease->base, kLeaseFirst);
    EXPECT_LE(lease->base + kLeaseCount - 1, kLeaseLast);
    EXPECT_TRUE(bases.insert(lease->base).second);
    leases.push_back(std::move(lease).value());
  }
  EXPECT_GT(*bases.rbegin() - *bases.begin(), 100 * kLeaseCount);  // a random start, not the lowest ones
  EXPECT_EQ(sys::stat_at(AT_FDCWD, (directory + "/id-ranges").c_str())->st_size, 0);
}

TEST_F(Lease, IsExclusiveWhileItLives) {
  auto first = lease_range(directory.c_str(), kept.c_str(), all_but_one);
  ASSERT_TRUE(first.ok()) << first.error().message();
  EXPECT_EQ(first->base, kOnlyBase);
  const auto second = lease_range(directory.c_str(), kept.c_str(), all_but_one);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().message(), "all 28664 private id ranges are in use");
  first->lock.reset();
  EXPECT_TRUE(lease_range(directory.c_str(), kept.c_str(), all_but_one).ok());
}

TEST_F(Lease, EndsWhenItsHolderIsKilled) {
  auto ready = sys::make_pipe();
  ASSERT_TRUE(ready.ok());
  const auto child = sys::fork_process();
  ASSERT_TRUE(child.ok());
  if (child.value() == 0) {
    const auto lease = lease_range(directory.c_str(), kept.c_str(), all_but_one);
    if (!lease.ok() || !sys::write_all(ready->write_end.get(), "x", "pipe").ok()) ::_exit(1);
    while (true) ::pause();
  }
  ready->write_end.reset();
  char byte = 0;
  ASSERT_EQ(::read(ready->read_end.get(), &byte, 1), 1);
  EXPECT_FALSE(lease_range(directory.c_str(), kept.c_str(), all_but_one).ok());
  ASSERT_EQ(::kill(child.value(), SIGKILL), 0);
  ASSERT_TRUE(sys::wait_process(child.value()).ok());
  EXPECT_TRUE(lease_range(directory.c_str(), kept.c_str(), all_but_one).ok());
}

TEST_F(Lease, PlansItsRange) {
  const auto lease = lease_range(directory.c_str());
  ASSERT_TRUE(lease.ok()) << lease.error().message();
  const auto plan = lease->plan();
  ASSERT_TRUE(plan.ok());
  EXPECT_EQ(to_outside(plan->maps.uids, 0), lease->base);
  EXPECT_EQ(plan->maps.gids, plan->maps.uids);
}

TEST_F(Lease, NamesTheDirectoryThatIsMissing) {
  const auto lease = lease_range("/nonexistent", {});
  ASSERT_FALSE(lease.ok());
  EXPECT_EQ(lease.error().message(), "open /nonexistent/id-ranges: No such file or directory");
}

TEST_F(Lease, IsKeptForAsLongAsItsOwnerIsThere) {
  const std::string owner = directory + "/owner";
  ASSERT_TRUE(sys::make_directory_at(AT_FDCWD, owner.c_str(), 0700).ok());
  ASSERT_TRUE(lease_range(directory.c_str(), kept.c_str(), all_but_one).ok());
  ASSERT_TRUE(keep_range(kept.c_str(), kOnlyBase, owner).ok());
  EXPECT_FALSE(lease_range(directory.c_str(), kept.c_str(), all_but_one).ok());
  // Nobody else's business.
  release_range(kept.c_str(), kOnlyBase, directory + "/other");
  EXPECT_FALSE(lease_range(directory.c_str(), kept.c_str(), all_but_one).ok());
  // An owner that went without a word.
  ASSERT_TRUE(sys::remove_directory_at(AT_FDCWD, owner.c_str()).ok());
  EXPECT_TRUE(lease_range(directory.c_str(), kept.c_str(), all_but_one).ok());
  ASSERT_TRUE(sys::make_directory_at(AT_FDCWD, owner.c_str(), 0700).ok());
  release_range(kept.c_str(), kOnlyBase, owner);
  EXPECT_TRUE(lease_range(directory.c_str(), kept.c_str(), all_but_one).ok());
}

}  // namespace
}  // namespace cove::idmap
