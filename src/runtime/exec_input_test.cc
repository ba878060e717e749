#include "runtime/exec_input.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "sys/file.h"

namespace cove::runtime {
namespace {

ExecInput some_input() {
  ExecInput input;
  input.spec.oci_version = "1.2.0";
  input.spec.process.emplace();
  input.spec.process->cwd = "/";
  input.spec.process->args = {"true"};
  input.spec.annotations = {{"key", "value"}};
  input.filter = seccomp::Program{{{1, 2, 3, 4}, {6, 0, 0, 0x7fff0000}}, 5, false};
  return input;
}

TEST(ExecInput, IsReadAsItWasWritten) {
  const std::string text = print_exec_input(some_input());
  const auto read = parse_exec_input(text);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->filter->flags, 5U);
  EXPECT_EQ(read->filter->instructions.size(), 2U);
  EXPECT_EQ(read->filter->instructions.front().k, 4U);
  EXPECT_EQ(read->spec.process->args.front(), "true");
  EXPECT_EQ(print_exec_input(*read), text);
}

TEST(ExecInput, IsNothingUnlessItIsWhole) {
  const std::string text = print_exec_input(some_input());
  for (size_t size = 0; size < text.size(); ++size)
    EXPECT_FALSE(parse_exec_input(text.substr(0, size))) << size;
  std::string other = text;
  other[0] = 'C';
  EXPECT_FALSE(parse_exec_input(other));
  other = text;
  other[14] = '\x7f';  // of the number of instructions
  EXPECT_FALSE(parse_exec_input(other));
  other = text;
  other[12] = 0;  // a filter without instructions
  EXPECT_FALSE(parse_exec_input(other));
}

class Kept : public testing::Test {
 protected:
  Kept() {
    spec.oci_version = "1.2.0";
    spec.process = some_input().spec.process;
    spec.mounts.push_back({.destination = "/proc"});
    lockdown.seccomp = some_input().filter->instructions;
    use(R"({"defaultAction":"SCMP_ACT_ALLOW"})");
    const Status written = directory.write_config(spec::print_spec(spec));
    EXPECT_TRUE(written.ok());
  }
  ~Kept() override { std::filesystem::remove_all(root); }

  static ContainerDirectory make(const std::string& root) {
    auto made = ContainerDirectory::create(root, "c");
    return std::move(*made);
  }
  void use(std::string_view profile) {
    spec.linux_config.seccomp.emplace();
    spec.linux_config.seccomp->profile = *json::parse(profile);
  }
  bool is_kept() {
    keep_exec_input(directory, spec, lockdown);
    return read_exec_input(directory)->filter.has_value();
  }

  std::string root = testing::TempDir() + "/exec_input." + std::to_string(getpid());
  ContainerDirectory directory = make(root);
  spec::Spec spec;
  launch::LockdownPlan lockdown;
};

TEST_F(Kept, InputIsWhatAnExecNeeds) {
  EXPECT_FALSE(read_exec_input(directory)->filter);
  EXPECT_EQ(read_exec_input(directory)->spec.mounts.size(), 1U);
  EXPECT_TRUE(is_kept());
  const auto input = read_exec_input(directory);
  EXPECT_EQ(input->filter->instructions.size(), 2U);
  EXPECT_TRUE(input->spec.mounts.empty());
  EXPECT_EQ(input->spec.process->args, spec.process->args);
}

TEST_F(Kept, InputIsNotThatOfAnAgent) {
  lockdown.seccomp_listener = true;
  EXPECT_FALSE(is_kept());
}

TEST_F(Kept, InputDoesNotDependOnTheProcess) {
  use(R"({"defaultAction":"SCMP_ACT_ERRNO","syscalls":[{"names":["reboot"],"action":"SCMP_ACT_ALLOW",
          "includes":{"caps":["CAP_SYS_BOOT"]}}]})");
  EXPECT_FALSE(is_kept());
}

TEST_F(Kept, InputIsForThoseWithAFilter) {
  spec.linux_config.seccomp.reset();
  EXPECT_FALSE(is_kept());
}

TEST_F(Kept, BrokenFileIsAsNone) {
  EXPECT_TRUE(is_kept());
  EXPECT_TRUE(sys::replace_file_at(directory.fd(), "exec.input", "x", 0600).ok());
  EXPECT_EQ(read_exec_input(directory)->spec.mounts.size(), 1U);
}

}  // namespace
}  // namespace cove::runtime
