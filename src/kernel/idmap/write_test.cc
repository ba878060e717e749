#include "kernel/idmap/write.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pwd.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <string>

#include "base/strings.h"
#include "kernel/idmap/helper.h"
#include "kernel/idmap/plan.h"
#include "kernel/idmap/userns.h"
#include "sys/file.h"
#include "sys/process.h"

namespace cove::idmap {
namespace {

using testing::HasSubstr;

// A child in a new user namespace that ends when its pipe does.
class NewNamespace {
 public:
  static Result<NewNamespace> make() {
    NewNamespace made;
    sys::PipePair pipe = COVE_TRY(sys::make_pipe());
    const sys::CloneResult child = COVE_TRY(sys::clone_process({.flags = CLONE_NEWUSER}));
    if (child.pid == 0) {
      pipe.write_end.reset();
      char byte = 0;
      ::_exit(::read(pipe.read_end.get(), &byte, 1) == 0 && ::getuid() == 0 && ::getgid() == 0 ? 0 : 1);
    }
    made.pid_ = child.pid;
    made.release_ = std::move(pipe.write_end);
    return made;
  }
  NewNamespace(NewNamespace&& other) noexcept
      : pid_(std::exchange(other.pid_, 0)), release_(std::move(other.release_)) {}
  NewNamespace& operator=(NewNamespace&&) = delete;
  NewNamespace(const NewNamespace&) = delete;
  NewNamespace& operator=(const NewNamespace&) = delete;
  ~NewNamespace() {
    if (pid_ > 0) end();
  }

  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] std::string file(const std::string& name) const {
    return sys::read_file(("/proc/" + std::to_string(pid_) + "/" + name).c_str()).value();
  }
  // The child's exit status: 0 if it saw itself as uid 0 and gid 0.
  int end() {
    release_.reset();
    return sys::wait_process(std::exchange(pid_, 0)).value().status;
  }

 private:
  NewNamespace() = default;
  pid_t pid_ = 0;
  UniqueFd release_;
};

TEST(WriteDirect, MapsTheCallerToRoot) {
  auto child = NewNamespace::make();
  if (!child.ok()) GTEST_SKIP() << "no user namespace here: " << child.error().message();
  const Status written = write_maps(child->pid(), plan_self(::geteuid(), ::getegid()));
  ASSERT_TRUE(written.ok()) << written.error().message();
  EXPECT_EQ(child->file("setgroups"), "deny\n");
  EXPECT_EQ(child->end(), 0);
}

TEST(WriteDirect, NamesTheFileThatRefuses) {
  auto child = NewNamespace::make();
  if (!child.ok()) GTEST_SKIP() << "no user namespace here: " << child.error().message();
  IdMapPlan plan = plan_self(::geteuid(), ::getegid());
  plan.maps.uids.push_back(plan.maps.uids[0]);  // overlaps
  const Status written = write_maps(child->pid(), plan);
  ASSERT_FALSE(written.ok());
  EXPECT_THAT(written.error().message(), HasSubstr("/uid_map: Invalid argument"));
}

// What the ordinary user who runs the test is granted, or why the test cannot run.
Result<Caller> helped_caller() {
  Caller caller;
  caller.uid = ::geteuid();
  caller.gid = ::getegid();
  if (caller.uid == 0) return Error(ErrorCode::unsupported, "root needs no helper");
  if (const passwd* entry = ::getpwuid(caller.uid); entry != nullptr) caller.name = entry->pw_name;
  caller.sub_uids = COVE_TRY(read_subids(kSubuidPath, caller.name, caller.uid));
  caller.sub_gids = COVE_TRY(read_subids(kSubgidPath, caller.name, caller.uid));
  caller.has_newuidmap = !find_helper("newuidmap").empty();
  caller.has_newgidmap = !find_helper("newgidmap").empty();
  return caller;
}

TEST(WriteWithHelpers, MapsWhatIsGranted) {
  const Result<Caller> caller = helped_caller();
  if (!caller.ok()) GTEST_SKIP() << caller.error().message();
  const Result<IdMapPlan> plan = plan_range(caller.value(), 2);
  if (!plan.ok()) GTEST_SKIP() << plan.error().message();
  auto child = NewNamespace::make();
  if (!child.ok()) GTEST_SKIP() << "no user namespace here: " << child.error().message();
  const Status written = write_maps(child->pid(), plan.value());
  ASSERT_TRUE(written.ok()) << written.error().message();
  EXPECT_EQ(child->file("setgroups"), "allow\n");
  EXPECT_EQ(split(trim(child->file("uid_map")), '\n').size(), plan->maps.uids.size());
  EXPECT_EQ(child->end(), 0);
}

TEST(WriteWithHelpers, ReportsWhatIsNotGranted) {
  const Result<Caller> caller = helped_caller();
  if (!caller.ok()) GTEST_SKIP() << caller.error().message();
  Result<IdMapPlan> plan = plan_range(caller.value(), 2);
  if (!plan.ok()) GTEST_SKIP() << plan.error().message();
  auto child = NewNamespace::make();
  if (!child.ok()) GTEST_SKIP() << "no user namespace here: " << child.error().message();
  plan->maps.uids = {{0, 1, 5}};
  const Status written = write_maps(child->pid(), plan.value());
  ASSERT_FALSE(written.ok());
  EXPECT_EQ(written.error().code(), ErrorCode::subid_missing);
  EXPECT_THAT(written.error().message(), HasSubstr("uid range [0-5) -> [1-6) not allowed"));
}

TEST(WriteMaps, NoneTouchesNothing) {
  EXPECT_TRUE(write_maps(-1, IdMapPlan{}).ok());
}

TEST(ExplainHelperFailure, TellsTheCausesApart) {
  constexpr int kExit1 = 1 << 8;
  Error error = explain_helper_failure("/usr/bin/newuidmap", kExit1,
                                       "newuidmap: uid range [0-1) -> [100000-100001) not allowed\n", "");
  EXPECT_EQ(error.code(), ErrorCode::subid_missing);
  EXPECT_EQ(
      error.message(),
      "/usr/bin/newuidmap failed with status 1 and said 'newuidmap: uid range [0-1) -> [100000-100001) not "
      "allowed'");
  error = explain_helper_failure("/usr/bin/newuidmap", kExit1,
                                 "newuidmap: write to uid_map failed: Operation not permitted",
                                 "/usr/bin/newuidmap lies on a nosuid mount");
  EXPECT_EQ(error.code(), ErrorCode::newuidmap_missing);
  EXPECT_THAT(error.message(), HasSubstr("nosuid mount: /usr/bin/newuidmap failed"));
  error = explain_helper_failure("/usr/bin/newuidmap", SIGKILL, "", "");
  EXPECT_EQ(error.code(), ErrorCode::system);
  EXPECT_EQ(error.message(), "/usr/bin/newuidmap was killed by signal 9");
}

TEST(Helper, IsFoundInTheGivenDirectoriesOnly) {
  const std::array directories{"/nonexistent", "/bin"};
  EXPECT_EQ(find_helper("sh", directories), "/bin/sh");
  EXPECT_EQ(find_helper("no-such-program", directories), "");
  EXPECT_THAT(helper_obstacle("/bin/sh"), HasSubstr("neither set-uid root nor has file capabilities"));
  EXPECT_THAT(helper_obstacle("/nonexistent"), HasSubstr("No such file"));
}

TEST(ExplainUsernsFailure, FollowsTheSettings) {
  const auto explain = [](int cause, const UsernsSettings& settings, bool privileged = false) {
    return explain_userns_failure(Error::from_errno("clone3", cause), settings, privileged);
  };
  EXPECT_EQ(explain(EPERM, {.unprivileged_clone = 0, .max_namespaces = 100, .apparmor_restricted = 1}).code(),
            ErrorCode::userns_disabled);
  EXPECT_EQ(explain(EPERM, {.unprivileged_clone = 1, .max_namespaces = 100, .apparmor_restricted = 1}).code(),
            ErrorCode::userns_apparmor);
  EXPECT_EQ(
      explain(EACCES, {.unprivileged_clone = {}, .max_namespaces = 100, .apparmor_restricted = 1}).code(),
      ErrorCode::userns_apparmor);
  EXPECT_THAT(
      explain(EPERM, {.unprivileged_clone = 0, .max_namespaces = 1, .apparmor_restricted = 1}, true).hint(),
      HasSubstr("seccomp"));
  EXPECT_EQ(
      explain(ENOSPC, {.unprivileged_clone = {}, .max_namespaces = 0, .apparmor_restricted = {}}).code(),
      ErrorCode::userns_limit);
  EXPECT_THAT(
      explain(ENOSPC, {.unprivileged_clone = {}, .max_namespaces = 0, .apparmor_restricted = {}}).hint(),
      HasSubstr("user.max_user_namespaces=15000"));
  EXPECT_THAT(
      explain(ENOSPC, {.unprivileged_clone = {}, .max_namespaces = 9, .apparmor_restricted = {}}).hint(),
      HasSubstr("deeper than 32"));
  EXPECT_THAT(explain(EINVAL, {}).hint(), HasSubstr("CONFIG_USER_NS"));
  Error own = Error::from_errno("write", EPERM);
  own.set_hint("own");
  EXPECT_EQ(explain_userns_failure(own, {}, true).hint(), "own");
  EXPECT_EQ(explain(ENOMEM, {}).code(), ErrorCode::system);
}

}  // namespace
}  // namespace cove::idmap
