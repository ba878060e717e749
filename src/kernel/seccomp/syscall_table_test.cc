#include "kernel/seccomp/syscall_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/syscall.h>

#include <map>
#include <set>
#include <string>

#include "kernel/seccomp/libseccomp_oracle.h"

namespace cove::seccomp {
namespace {

TEST(SyscallTable, NumbersAreTheCompilersOwn) {
  EXPECT_EQ(syscall_number(Abi::x86_64, "read"), SYS_read);
  EXPECT_EQ(syscall_number(Abi::x86_64, "clone3"), SYS_clone3);
  EXPECT_EQ(syscall_number(Abi::x86_64, "rt_sigaction"), SYS_rt_sigaction);
  EXPECT_EQ(syscall_number(Abi::x32, "rt_sigaction"), kX32Bit | 512);
  EXPECT_EQ(syscall_number(Abi::x32, "read"), kX32Bit);
  EXPECT_EQ(syscall_number(Abi::i386, "read"), 3U);
  EXPECT_EQ(syscall_number(Abi::i386, "socketcall"), 102U);
  EXPECT_EQ(syscall_number(Abi::x86_64, "socketcall"), std::nullopt);
}

TEST(SyscallTable, KnowsCallsNewerThanTheHeaders) {
  const std::map<std::string, uint32_t> newer{
      {"cachestat", 451},         {"fchmodat2", 452},        {"map_shadow_stack", 453},
      {"futex_wake", 454},        {"futex_wait", 455},       {"futex_requeue", 456},
      {"statmount", 457},         {"listmount", 458},        {"lsm_get_self_attr", 459},
      {"lsm_set_self_attr", 460}, {"lsm_list_modules", 461}, {"mseal", 462},
      {"setxattrat", 463},        {"getxattrat", 464},       {"listxattrat", 465},
      {"removexattrat", 466},     {"open_tree_attr", 467}};
  for (const auto& [name, number] : newer) {
    EXPECT_EQ(syscall_number(Abi::x86_64, name), number) << name;
    EXPECT_EQ(syscall_number(Abi::i386, name), number) << name;
  }
  EXPECT_EQ(syscall_number(Abi::x86_64, "uretprobe"), 335U);
  EXPECT_EQ(syscall_number(Abi::i386, "uretprobe"), std::nullopt);
}

TEST(SyscallTable, UnknownNames) {
  for (const char* name : {"", "rea", "reads", "READ", "zzz", "_", "riscv_hwprobe"}) {
    EXPECT_FALSE(find_syscall(name).has_value()) << name;
  }
  EXPECT_EQ(syscall_name(Abi::x86_64, 400), "");
  EXPECT_EQ(syscall_name(Abi::x86_64, kX32Bit), "");
  EXPECT_EQ(syscall_name(Abi::x32, 0), "");
  EXPECT_EQ(syscall_name(Abi::i386, UINT32_MAX), "");
}

TEST(SyscallTable, NameAndNumberAreInverses) {
  size_t found = 0;
  for (size_t i = 0; i < syscall_count(); ++i) {
    const std::string_view name = syscall_name_at(i);
    for (const Abi abi : kAllAbis) {
      const auto number = syscall_number(abi, name);
      if (!number.has_value()) continue;
      EXPECT_EQ(syscall_name(abi, *number), name);
      ++found;
    }
  }
  EXPECT_GT(found, 1150U);
}

// libseccomp 2.5.4 with Debian's update knows the calls of Linux 6.7.
TEST(SyscallTable, AgreesWithLibseccompOnEveryName) {
  std::set<std::string> unknown_there;
  for (size_t i = 0; i < syscall_count(); ++i) {
    const std::string name(syscall_name_at(i));
    if (seccomp_syscall_resolve_name(name.c_str()) == __NR_SCMP_ERROR) {
      unknown_there.insert(name);
      continue;
    }
    for (const Abi abi : kAllAbis) {
      // Its pseudo-numbers are negative: no call of this ABI, or on i386 one that socketcall or ipc can make
      // as well.
      const int theirs =
          seccomp_syscall_resolve_name_arch(testing::libseccomp_architecture(abi), name.c_str());
      const auto ours = syscall_number(abi, name);
      if (abi == Abi::i386 && find_multiplexed(name).has_value()) {
        EXPECT_LT(theirs, 0) << name;
      } else if (theirs < 0) {
        EXPECT_EQ(ours, std::nullopt) << name;
      } else {
        EXPECT_EQ(ours, static_cast<uint32_t>(theirs)) << name;
      }
    }
  }
  EXPECT_THAT(unknown_there,
              ::testing::ElementsAre("file_getattr", "file_setattr", "getxattrat", "listmount", "listns",
                                     "listxattrat", "lsm_get_self_attr", "lsm_list_modules",
                                     "lsm_set_self_attr", "mseal", "open_tree_attr", "removexattrat",
                                     "setxattrat", "statmount", "uprobe", "uretprobe"));
}

TEST(SyscallTable, AgreesWithLibseccompOnEveryNumber) {
  for (const Abi abi : kAllAbis) {
    for (uint32_t i = 0; i < 1000; ++i) {
      const uint32_t number = i | (abi == Abi::x32 ? kX32Bit : 0);
      const std::unique_ptr<char, decltype(&::free)> theirs(
          seccomp_syscall_resolve_num_arch(testing::libseccomp_architecture(abi), static_cast<int>(number)),
          &::free);
      if (theirs == nullptr) continue;
      EXPECT_EQ(syscall_name(abi, number), theirs.get()) << number;
    }
  }
}

}  // namespace
}  // namespace cove::seccomp
