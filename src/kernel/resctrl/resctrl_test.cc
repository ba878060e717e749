#include "kernel/resctrl/resctrl.h"

#include <errno.h>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>

#include "sys/file.h"

namespace cove::resctrl {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

Status put(int dir_fd, const std::string& path, std::string_view content) {
  const auto file = sys::open_at(dir_fd, path.c_str(), O_CREAT | O_WRONLY | O_TRUNC, 0600);
  return file.ok() ? sys::write_all(file->get(), content, path) : file.error();
}

// As the kernel makes a group: with its files, and the directory of its monitoring groups.
int make_group(int dir_fd, const char* path, mode_t mode) {
  const std::string group(path);
  if (group.find("full") != std::string::npos) return ENOSPC;
  if (const int cause = sys::try_make_directory_at(dir_fd, path, mode); cause != 0) return cause;
  EXPECT_TRUE(put(dir_fd, group + "/tasks", "").ok());
  if (group.find("mon_groups") != std::string::npos) return 0;
  EXPECT_TRUE(put(dir_fd, group + "/schemata", "    L3:0=fffff\n    MB:0=100\n").ok());
  return sys::try_make_directory_at(dir_fd, (group + "/mon_groups").c_str(), mode);
}

int remove_group(int dir_fd, const char* path) {
  if (!std::filesystem::exists(std::filesystem::path("/proc/self/fd") / std::to_string(dir_fd) / path))
    return ENOENT;
  std::filesystem::remove_all(std::filesystem::path("/proc/self/fd") / std::to_string(dir_fd) / path);
  return 0;
}

class Resctrl : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/resctrl_test.XXXXXX";
    ASSERT_NE(::mkdtemp(name), nullptr);
    path_ = name;
    fd_ = std::move(sys::open_path(name, O_RDONLY | O_DIRECTORY).value());
    for (const char* directory : {"info", "info/MB", "mon_groups", "mon_data"}) {
      ASSERT_TRUE(sys::make_directory_at(fd_.get(), directory, 0700).ok());
    }
    ASSERT_TRUE(put(fd_.get(), "tasks", "").ok());
    ASSERT_TRUE(put(fd_.get(), "schemata", "    L3:0=fffff\n    MB:0=100\n").ok());
    ASSERT_TRUE(put(fd_.get(), "info/MB/bandwidth_gran", "10\n").ok());
    ASSERT_TRUE(put(fd_.get(), "info/last_cmd_status", "ok\n").ok());
  }
  void TearDown() override { std::filesystem::remove_all(path_); }

  FileSystem open() { return std::move(FileSystem::open(path_, {make_group, remove_group}).value()); }
  std::string content(const std::string& file) { return sys::read_file_at(fd_.get(), file.c_str()).value(); }
  bool there(const std::string& file) { return sys::access_at(fd_.get(), file.c_str(), F_OK) == 0; }

  std::string path_;
  UniqueFd fd_;
};

Placement placed(const Request& request) {
  return plan_placement(request).value();
}

TEST_F(Resctrl, AClassOfTheContainersOwnComesAndGoes) {
  FileSystem fs = open();
  const Request request{.container_id = "web", .l3_cache_schema = "L3:0=ff", .monitoring = true};
  const Placement placement = placed(request);
  const Status created = fs.create(placement, request);
  ASSERT_TRUE(created.ok()) << created.error().message();
  EXPECT_THAT(content("web/schemata"), HasSubstr("L3:0=ff\n"));
  ASSERT_TRUE(fs.join(placement, 4711).ok());
  EXPECT_EQ(content("web/tasks"), "4711\n");
  EXPECT_EQ(content("web/mon_groups/web/tasks"), "4711\n");
  EXPECT_EQ(content("tasks"), "");
  ASSERT_TRUE(fs.remove(placement).ok());
  EXPECT_FALSE(there("web"));
  EXPECT_TRUE(fs.remove(placement).ok());  // once more is no error
}

TEST_F(Resctrl, WithoutSchemataNoneAreWritten) {
  FileSystem fs = open();
  const Request request{.container_id = "web"};
  ASSERT_TRUE(fs.create(placed(request), request).ok());
  EXPECT_EQ(content("web/schemata"), "    L3:0=fffff\n    MB:0=100\n");
}

TEST_F(Resctrl, ASharedClassIsMadeOnceAndStays) {
  FileSystem fs = open();
  const Request request{
      .clos_id = "gold", .container_id = "web", .mem_bw_schema = "MB:0=100", .schemata = {"L3:0=fffff"}};
  ASSERT_TRUE(fs.create(placed(request), request).ok());
  // The fake keeps what was written over its beginning; put down what the kernel would show.
  ASSERT_TRUE(put(fd_.get(), "gold/schemata", "    L3:0=fffff\n    MB:0=100\n").ok());
  ASSERT_TRUE(fs.create(placed(request), request).ok());
  EXPECT_EQ(content("gold/schemata"), "    L3:0=fffff\n    MB:0=100\n");
  ASSERT_TRUE(fs.join(placed(request), 5).ok());
  EXPECT_EQ(content("gold/tasks"), "5\n");
  ASSERT_TRUE(fs.remove(placed(request)).ok());
  EXPECT_TRUE(there("gold"));
}

TEST_F(Resctrl, ASharedClassWithOtherSchemataIsRefused) {
  FileSystem fs = open();
  ASSERT_EQ(make_group(fd_.get(), "gold", 0700), 0);
  const Request request{.clos_id = "gold", .container_id = "web", .l3_cache_schema = "L3:0=f"};
  const Status refused = fs.create(placed(request), request);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().message(),
            "linux.intelRdt.closID: the class 'gold' exists and does not have 'L3:0=f'");
  EXPECT_EQ(content("gold/schemata"), "    L3:0=fffff\n    MB:0=100\n");
  // 91 is 100 in the steps of this machine.
  const Request rounded{.clos_id = "gold", .container_id = "web", .mem_bw_schema = "MB:0=91"};
  EXPECT_TRUE(fs.create(placed(rounded), rounded).ok());
}

TEST_F(Resctrl, ASharedClassWithoutSchemataMustExist) {
  FileSystem fs = open();
  const Request request{.clos_id = "gold", .container_id = "web", .monitoring = true};
  const Status missing = fs.create(placed(request), request);
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().code(), ErrorCode::not_found);
  EXPECT_THAT(missing.error().message(), HasSubstr("linux.intelRdt.closID: there is no class 'gold'"));
  EXPECT_FALSE(there("gold"));
  ASSERT_EQ(make_group(fd_.get(), "gold", 0700), 0);
  ASSERT_TRUE(fs.create(placed(request), request).ok());
  ASSERT_TRUE(fs.remove(placed(request)).ok());
  EXPECT_TRUE(there("gold/mon_groups"));
  EXPECT_FALSE(there("gold/mon_groups/web"));
}

TEST_F(Resctrl, TheDefaultClassIsTheRoot) {
  FileSystem fs = open();
  const Request request{.clos_id = "/", .container_id = "web", .monitoring = true};
  ASSERT_TRUE(fs.create(placed(request), request).ok());
  ASSERT_TRUE(fs.join(placed(request), 9).ok());
  EXPECT_EQ(content("tasks"), "9\n");
  EXPECT_EQ(content("mon_groups/web/tasks"), "9\n");
  ASSERT_TRUE(fs.remove(placed(request)).ok());
  EXPECT_TRUE(there("mon_groups"));
  EXPECT_FALSE(there("mon_groups/web"));
}

TEST_F(Resctrl, FailuresLeaveNothingAndTellTheKernelsWords) {
  FileSystem fs = open();
  ASSERT_TRUE(put(fd_.get(), "info/last_cmd_status", "Out of CLOSIDs\n").ok());
  const Request full{.container_id = "full"};
  const Status refused = fs.create(placed(full), full);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().sys_errno(), ENOSPC);
  EXPECT_THAT(refused.error().message(), HasSubstr("class of service full: "));
  EXPECT_THAT(refused.error().message(), HasSubstr("(Out of CLOSIDs)"));
  EXPECT_THAT(refused.error().hint(), HasSubstr("/sys/fs/resctrl"));
  // The class can be made, but not the group in it.
  const Request half{
      .clos_id = "gold", .container_id = "full", .l3_cache_schema = "L3:0=f", .monitoring = true};
  EXPECT_FALSE(fs.create(placed(half), half).ok());
  EXPECT_FALSE(there("gold"));
  const Request bad{.container_id = "web", .mem_bw_schema = "L3:0=f"};
  EXPECT_FALSE(fs.create(placed(bad), bad).ok());
  EXPECT_FALSE(there("web"));
}

TEST_F(Resctrl, MachinesThatDoNotMonitorSaySo) {
  FileSystem fs = open();
  ASSERT_TRUE(sys::remove_directory_at(fd_.get(), "mon_groups").ok());
  const Request request{.clos_id = "/", .container_id = "web", .monitoring = true};
  const Status refused = fs.create(placed(request), request);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code(), ErrorCode::unsupported);
  EXPECT_THAT(refused.error().message(), HasSubstr("enableMonitoring"));
}

TEST_F(Resctrl, CountersAreReadByDomain) {
  FileSystem fs = open();
  for (const char* directory : {"mon_data/mon_L3_00", "mon_data/mon_L3_01", "mon_data/other"}) {
    ASSERT_TRUE(sys::make_directory_at(fd_.get(), directory, 0700).ok());
  }
  ASSERT_TRUE(put(fd_.get(), "mon_data/mon_L3_00/llc_occupancy", "4096\n").ok());
  ASSERT_TRUE(put(fd_.get(), "mon_data/mon_L3_00/mbm_total_bytes", "Unavailable\n").ok());
  ASSERT_TRUE(put(fd_.get(), "mon_data/mon_L3_01/mbm_local_bytes", "18446744073709551615\n").ok());
  const auto counters = fs.read_counters({});
  ASSERT_TRUE(counters.ok());
  EXPECT_THAT(*counters, ElementsAre(DomainCounters{"L3", 0, {{"llc_occupancy", 4096}}},
                                     DomainCounters{"L3", 1, {{"mbm_local_bytes", UINT64_MAX}}}));
  EXPECT_FALSE(fs.read_counters({"gone", true, ""}).ok());
}

TEST_F(Resctrl, IsFoundInTheMountTable) {
  ASSERT_TRUE(put(fd_.get(), "mountinfo",
                  "25 1 0:20 / / rw - ext4 /dev/vda rw\n30 25 0:21 / " + path_ + " rw - resctrl resctrl rw\n")
                  .ok());
  const auto found = FileSystem::find((path_ + "/mountinfo").c_str());
  ASSERT_TRUE(found.ok()) << found.error().message();
  EXPECT_EQ(found->path(), path_);
  ASSERT_TRUE(put(fd_.get(), "mountinfo", "25 1 0:20 / / rw - ext4 /dev/vda rw\n").ok());
  const auto missing = FileSystem::find((path_ + "/mountinfo").c_str());
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().code(), ErrorCode::unsupported);
  EXPECT_THAT(missing.error().hint(), HasSubstr("mount -t resctrl"));
  EXPECT_EQ(FileSystem::open("/proc").error().code(), ErrorCode::unsupported);
  EXPECT_EQ(FileSystem::open("/no/such").error().sys_errno(), ENOENT);
}

}  // namespace
}  // namespace cove::resctrl
