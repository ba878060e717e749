#include "engine/machine.h"

#include <gtest/gtest.h>

#include <fstream>

namespace cove::engine {
namespace {

TEST(OsRelease, ThePrettyNameGoesBeforeTheOther) {
  const SystemRelease release = parse_os_release(
      "# a comment\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nNAME=\"Debian "
      "GNU/Linux\"\nVERSION_ID='12'\n");
  EXPECT_EQ(release.name, "Debian GNU/Linux 12 (bookworm)");
  EXPECT_EQ(release.version, "12");
  EXPECT_EQ(parse_os_release("NAME=Alpine\n").name, "Alpine");
}

TEST(OsRelease, QuotesAndBackslashesAreThoseOfAShell) {
  EXPECT_EQ(parse_os_release("NAME=\"a \\\"b\\\" \\$c\"").name, "a \"b\" $c");
  EXPECT_EQ(parse_os_release("NAME='a\\b'").name, "a\\b");
  EXPECT_EQ(parse_os_release("NAME=\"").name, "\"");
}

TEST(OsRelease, WhatSaysNothingIsLinux) {
  for (const char* text : {"", "NAME", "NAME=", "\n\n", "=x\n"})
    EXPECT_EQ(parse_os_release(text).name, "Linux") << text;
}

TEST(Machine, IsThisOne) {
  const auto machine = look_at_machine({"/nonexistent/data", "/nonexistent/run"});
  ASSERT_TRUE(machine.ok()) << machine.error().message();
  std::string release;
  std::getline(std::ifstream("/proc/sys/kernel/osrelease"), release);
  EXPECT_EQ(machine->kernel, release);
  EXPECT_GE(machine->cpus, 1U);
  EXPECT_GT(machine->memory_bytes, uint64_t{1} << 20);
  // That of "/", for nothing of the path is there.
  EXPECT_FALSE(machine->backing_file_system.empty());
}

}  // namespace
}  // namespace cove::engine
