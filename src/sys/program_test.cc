#include "sys/program.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <string>

#include "sys/file.h"
#include "sys/process.h"

namespace cove::sys {
namespace {

Result<ProgramOutcome> run_shell(const std::string& script, size_t limit = 4096, int timeout_ms = 20'000) {
  const SpawnedProgram program = COVE_TRY(spawn_program("/bin/sh", {"-c", script}));
  return finish_program(program, limit, timeout_ms);
}

TEST(SpawnProgram, CollectsBothStreamsAndTheStatus) {
  const auto outcome = run_shell("echo out; echo err >&2; exit 3");
  ASSERT_TRUE(outcome.ok()) << outcome.error().message();
  EXPECT_EQ(outcome->output, "out\nerr\n");
  EXPECT_EQ(WEXITSTATUS(outcome->status), 3);
}

TEST(SpawnProgram, GivesNothingOfOursAway) {
  const auto outcome = run_shell("/usr/bin/env | grep -v -e ^PWD= -e ^_= -e ^SHLVL=; cat; echo end");
  ASSERT_TRUE(outcome.ok());
  EXPECT_EQ(outcome->output, "end\n");  // no environment, no input
}

TEST(SpawnProgram, PassesNoDescriptorOn) {
  const int leaked = ::dup(0);  // not closed by an exec
  ASSERT_GT(leaked, 2);
  const auto outcome = run_shell("[ ! -e /proc/self/fd/" + std::to_string(leaked) + " ] && echo closed");
  ::close(leaked);
  ASSERT_TRUE(outcome.ok());
  EXPECT_EQ(outcome->output, "closed\n");
}

TEST(SpawnProgram, GivesTheCallersEnvironmentIfAskedTo) {
  ASSERT_EQ(::setenv("COVE_PROGRAM_TEST", "inherited", 1), 0);
  ProgramRequest request{"/bin/sh", {"sh", "-c", "echo $COVE_PROGRAM_TEST"}, {}, {}};
  for (const bool own : {true, false}) {
    request.own_env = own;
    const Result<SpawnedProgram> program = spawn_program(request);
    ASSERT_TRUE(program.ok());
    const Result<ProgramOutcome> outcome = finish_program(*program, 4096, 20'000);
    ASSERT_TRUE(outcome.ok());
    EXPECT_EQ(outcome->output, own ? "inherited\n" : "\n");
  }
  ::unsetenv("COVE_PROGRAM_TEST");
}

TEST(SpawnProgram, UnblocksSignals) {
  sigset_t blocked;
  sigset_t before;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGTERM);
  sigprocmask(SIG_BLOCK, &blocked, &before);
  const auto outcome = run_shell("kill -TERM $$; echo still here");
  sigprocmask(SIG_SETMASK, &before, nullptr);
  ASSERT_TRUE(outcome.ok());
  EXPECT_TRUE(WIFSIGNALED(outcome->status));
}

TEST(SpawnProgram, KeepsTheFirstBytesOnly) {
  const auto outcome = run_shell("i=0; while [ $i -lt 20000 ]; do echo 0123456789; i=$((i+1)); done", 25);
  ASSERT_TRUE(outcome.ok());
  EXPECT_EQ(outcome->output, "0123456789\n0123456789\n012");
  EXPECT_EQ(outcome->status, 0);  // it was not stopped by a full pipe
}

TEST(SpawnProgram, EndsAProgramThatHangs) {
  const auto outcome = run_shell("exec sleep 60", 10, 50);
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.error().sys_errno(), ETIMEDOUT);
}

TEST(FindProgram, TheFirstInPathThatMayBeExecuted) {
  const auto find = [](std::string_view name, std::string_view path, PathEntries entries) {
    return find_program(name, path, entries).path;
  };
  EXPECT_EQ(find("sh", "/nowhere:/bin:/usr/bin", PathEntries::absolute), "/bin/sh");
  EXPECT_EQ(find("sh", "/nowhere", PathEntries::all), "");
  EXPECT_TRUE(find_program("passwd", "/etc", PathEntries::all).seen);
  EXPECT_FALSE(find_program("passwd", "/nowhere", PathEntries::all).seen);
  // Of the working directory, by whatever name.
  const std::string before = *read_link_at(AT_FDCWD, "/proc/self/cwd");
  ASSERT_EQ(::chdir("/bin"), 0);
  for (const std::string_view path : {"", ".", ":/nowhere", "../bin", "/nowhere:"}) {
    EXPECT_NE(find("sh", path, PathEntries::all), "") << path;
    EXPECT_EQ(find("sh", path, PathEntries::absolute), "") << path;
  }
  ASSERT_EQ(::chdir(before.c_str()), 0);
}

TEST(SpawnProgram, NamesAMissingProgram) {
  const auto program = spawn_program("/nonexistent/program", {});
  ASSERT_FALSE(program.ok());
  EXPECT_EQ(program.error().message(), "start /nonexistent/program: No such file or directory");
}

TEST(ProgramPrivilege, AnOrdinaryFileHasNone) {
  const auto privilege = program_privilege("/bin/sh");
  ASSERT_TRUE(privilege.ok());
  EXPECT_FALSE(privilege->setuid_root);
  EXPECT_FALSE(privilege->file_capabilities);
  EXPECT_FALSE(program_privilege("/nonexistent").ok());
}

TEST(ProgramPrivilege, SeesTheSetuidBitOfRootsFilesOnly) {
  std::string path = testing::TempDir() + "/program_XXXXXX";
  const UniqueFd fd(::mkostemp(path.data(), O_CLOEXEC));
  ASSERT_TRUE(fd.valid());
  ASSERT_EQ(::fchmod(fd.get(), 04755), 0);
  const auto privilege = program_privilege(path.c_str());
  ::unlink(path.c_str());
  ASSERT_TRUE(privilege.ok());
  EXPECT_EQ(privilege->setuid_root, ::geteuid() == 0);
}

}  // namespace
}  // namespace cove::sys
