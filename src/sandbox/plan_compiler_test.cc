#include "sandbox/plan_compiler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/resource.h>

#include <algorithm>

#include "sandbox/defaults.h"
#include "sys/mount.h"

namespace cove::sandbox {
namespace {

using launch::MountKind;
using launch::MountPlan;
using launch::NamespaceKind;
using launch::NamespaceMode;
using launch::RootKind;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

HostFacts root_facts() {
  HostFacts facts;
  facts.id = "0123456789ab";
  facts.privileged = true;
  facts.permitted = caps::CapabilitySet::all();
  return facts;
}

HostFacts user_facts() {
  HostFacts facts;
  facts.id = "0123456789ab";
  facts.caller.uid = 1000;
  facts.caller.gid = 1000;
  facts.caller.name = "alice";
  return facts;
}

Options options_for(std::string rootfs = "/srv/root") {
  Options options;
  options.command = {"true"};
  options.rootfs = std::move(rootfs);
  return options;
}

const MountPlan* find_mount(const launch::LaunchPlan& plan, std::string_view target) {
  // The last one on a place is what is seen there.
  const auto found = std::find_if(plan.mounts.rbegin(), plan.mounts.rend(), [&](const MountPlan& mount) {
    return mount.target == target && mount.kind != MountKind::read_only && mount.kind != MountKind::mask;
  });
  return found == plan.mounts.rend() ? nullptr : &*found;
}

size_t count_kind(const launch::LaunchPlan& plan, MountKind kind) {
  return static_cast<size_t>(std::count_if(plan.mounts.begin(), plan.mounts.end(),
                                           [&](const MountPlan& mount) { return mount.kind == kind; }));
}

Error error_of(const Options& options, const HostFacts& facts) {
  auto plan = compile_plan(options, facts);
  return plan ? Error(ErrorCode::unspecified, "no error") : plan.error();
}

TEST(Compile, RootGetsEveryNamespaceButUserAndTime) {
  const auto plan = compile_plan(options_for(), root_facts());
  ASSERT_TRUE(plan.ok()) << plan.error().message();
  for (const auto kind : {NamespaceKind::mount, NamespaceKind::pid, NamespaceKind::uts, NamespaceKind::ipc,
                          NamespaceKind::network, NamespaceKind::cgroup}) {
    EXPECT_TRUE(plan->is_fresh(kind)) << launch::namespace_name(kind);
  }
  EXPECT_EQ(plan->ns(NamespaceKind::user).mode, NamespaceMode::host);
  EXPECT_EQ(plan->ns(NamespaceKind::time).mode, NamespaceMode::host);
  EXPECT_TRUE(plan->loopback_up);
  EXPECT_EQ(plan->root.kind, RootKind::overlay);
  EXPECT_FALSE(plan->root.userxattr);
  EXPECT_EQ(find_mount(*plan, "/dev/null")->source, "");
}

TEST(Compile, OrdinaryUserIsRootInsideMappedToSelf) {
  const auto plan = compile_plan(options_for(), user_facts());
  ASSERT_TRUE(plan.ok()) << plan.error().message();
  EXPECT_TRUE(plan->is_fresh(NamespaceKind::user));
  EXPECT_THAT(plan->idmap.maps.uids, testing::ElementsAre(idmap::IdRange{0, 1000, 1}));
  EXPECT_TRUE(plan->idmap.deny_setgroups);
  EXPECT_TRUE(plan->root.userxattr);
  // Device nodes cannot be made in a user namespace, and group 5 is not mapped.
  EXPECT_EQ(find_mount(*plan, "/dev/null")->source, "/dev/null");
  EXPECT_THAT(find_mount(*plan, "/dev/pts")->options, Not(Contains(testing::Key("gid"))));
}

TEST(Compile, SubordinateIdsGiveARange) {
  HostFacts facts = user_facts();
  facts.caller.has_newuidmap = facts.caller.has_newgidmap = true;
  facts.caller.sub_uids.own = {{100000, 65536}};
  facts.caller.sub_gids.own = {{100000, 65536}};
  const auto plan = compile_plan(options_for(), facts);
  ASSERT_TRUE(plan.ok()) << plan.error().message();
  EXPECT_EQ(plan->idmap.writer, idmap::MapWriter::helper);
  EXPECT_THAT(find_mount(*plan, "/dev/pts")->options, Contains(testing::Key("gid")));
}

TEST(Compile, PrivateRangeNeverContainsHostRoot) {
  HostFacts facts = root_facts();
  facts.lease = idmap::RangeLease{0x100000, UniqueFd()};
  Options options = options_for();
  options.userns.kind = UsernsChoice::Kind::automatic;
  const auto plan = compile_plan(options, facts);
  ASSERT_TRUE(plan.ok()) << plan.error().message();
  EXPECT_TRUE(plan->root.idmapped);
  for (const auto& range : plan->idmap.maps.uids) EXPECT_GT(range.outside, 0U);
}

TEST(Compile, KeptUpperLayerKeepsItsRange) {
  HostFacts facts = root_facts();
  facts.lease = idmap::RangeLease{0x100000, UniqueFd()};
  facts.upper = UpperFact{0x200000, 0x200000, false};
  Options options = options_for();
  options.userns.kind = UsernsChoice::Kind::automatic;
  options.upper = "/srv/upper";
  EXPECT_EQ(compile_plan(options, facts)->idmap.maps.uids.front().outside, 0x200000U);
  facts.upper->owner_uid = 0;
  EXPECT_THAT(error_of(options, facts).message(), HasSubstr("--upper: /srv/upper belongs to uid 0"));
}

TEST(Compile, MasksAndReadOnlyPathsComeLast) {
  const auto plan = compile_plan(options_for(), root_facts());
  EXPECT_EQ(count_kind(*plan, MountKind::mask), kMaskedPaths.size());
  EXPECT_EQ(count_kind(*plan, MountKind::read_only), kReadOnlyPaths.size());
  EXPECT_EQ(plan->mounts.back().kind, MountKind::mask);
  Options privileged = options_for();
  privileged.privileged = true;
  const auto open = compile_plan(privileged, root_facts());
  EXPECT_EQ(count_kind(*open, MountKind::mask), 0U);
  EXPECT_FALSE(open->warnings.empty());
  EXPECT_TRUE(open->lockdown.seccomp.empty());
}

TEST(Compile, UsersMountReplacesTheDefaultOne) {
  Options options = options_for();
  MountRequest request;
  request.source = "/data";
  request.target = "/tmp";
  request.propagation = MountRequest::Propagation::rslave;
  request.read_only = true;
  options.mounts = {request};
  const auto plan = compile_plan(options, root_facts());
  ASSERT_TRUE(plan.ok());
  const MountPlan* tmp = find_mount(*plan, "/tmp");
  EXPECT_EQ(tmp->kind, MountKind::bind);
  EXPECT_EQ(tmp->propagation, static_cast<uint64_t>(MS_SLAVE));
  EXPECT_EQ(tmp->attributes, static_cast<uint64_t>(MOUNT_ATTR_RDONLY));
  EXPECT_EQ(std::count_if(plan->mounts.begin(), plan->mounts.end(),
                          [](const MountPlan& mount) { return mount.target == "/tmp"; }),
            1);
}

TEST(Compile, HostNamespacesInAUserNamespaceAreShownNotMounted) {
  Options options = options_for();
  options.pid.kind = NamespaceChoice::Kind::host;
  options.ipc.kind = NamespaceChoice::Kind::host;
  options.network = NetworkChoice::host;
  const auto plan = compile_plan(options, user_facts());
  ASSERT_TRUE(plan.ok());
  for (const char* target : {"/proc", "/sys", "/dev/shm"}) {
    EXPECT_EQ(find_mount(*plan, target)->kind, MountKind::bind) << target;
  }
  EXPECT_FALSE(plan->loopback_up);
  // Root can mount them anew.
  EXPECT_EQ(find_mount(*compile_plan(options, root_facts()), "/sys")->type, "sysfs");
}

TEST(Compile, SystemViewIsATmpfsWithOverlays) {
  HostFacts facts = root_facts();
  facts.system_directories = {{"/usr", ""}, {"/bin", "usr/bin"}};
  facts.etc_files = {"/etc/services"};
  const auto plan = compile_plan(options_for(""), facts);
  ASSERT_TRUE(plan.ok());
  EXPECT_EQ(plan->root.kind, RootKind::tmpfs);
  EXPECT_EQ(find_mount(*plan, "/usr")->kind, MountKind::overlay);
  EXPECT_EQ(find_mount(*plan, "/bin")->source, "usr/bin");
  EXPECT_EQ(find_mount(*plan, "/etc/services")->kind, MountKind::copy);
  EXPECT_EQ(find_mount(*plan, "/etc/shadow"), nullptr);
  EXPECT_EQ(find_mount(*plan, "/etc/resolv.conf"), nullptr);
}

TEST(Compile, ANamedNetworkNeedsRootAndAnotherNamespace) {
  Options options = options_for("");
  options.network = NetworkChoice::named;
  options.networks.networks.resize(2);
  options.networks.networks[0].network = "bridge";
  options.networks.networks[1].network = "web";
  HostFacts facts = root_facts();
  const auto plan = compile_plan(options, facts);
  ASSERT_TRUE(plan.ok()) << plan.error().message();
  EXPECT_TRUE(plan->is_fresh(NamespaceKind::network));
  EXPECT_TRUE(plan->loopback_up);
  EXPECT_EQ(plan->networks, (std::vector<std::string>{"bridge", "web"}));
  EXPECT_NE(find_mount(*plan, "/etc/resolv.conf"), nullptr);
  facts.privileged = false;
  EXPECT_EQ(compile_plan(options, facts).error().code(), ErrorCode::permission);
}

TEST(Compile, ANetworkOfAnOrdinaryUserIsNotForRoot) {
  Options options = options_for("");
  options.network = NetworkChoice::user_mode;
  options.networks.program = network::UserProgram::pasta;
  const auto plan = compile_plan(options, user_facts());
  ASSERT_TRUE(plan.ok()) << plan.error().message();
  EXPECT_TRUE(plan->is_fresh(NamespaceKind::network));
  EXPECT_EQ(plan->networks, std::vector<std::string>{"pasta"});
  const Error error = error_of(options, root_facts());
  EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
  EXPECT_THAT(error.hint(), HasSubstr("--network bridge"));
}

TEST(Compile, CapabilitiesAsDockerAddsAndDrops) {
  const auto bounding = [](std::vector<std::string> adds, std::vector<std::string> drops) {
    Options options = options_for();
    options.cap_adds = std::move(adds);
    options.cap_drops = std::move(drops);
    return compile_plan(options, root_facts())->lockdown.bounding;
  };
  EXPECT_EQ(bounding({}, {}), caps::kDockerDefault);
  EXPECT_EQ(bounding({"NET_ADMIN"}, {"all"}), caps::CapabilitySet{CAP_NET_ADMIN});
  EXPECT_EQ(bounding({"ALL"}, {"CHOWN"}), caps::CapabilitySet::all() - caps::CapabilitySet{CAP_CHOWN});
  EXPECT_EQ(bounding({}, {"ALL"}), caps::CapabilitySet{});
}

TEST(Compile, NobodyCanAddWhatHeLacks) {
  HostFacts facts = root_facts();
  facts.permitted = caps::kDockerDefault;
  Options options = options_for();
  options.cap_adds = {"SYS_ADMIN"};
  EXPECT_THAT(error_of(options, facts).message(), HasSubstr("--cap-add SYS_ADMIN"));
  options.cap_adds = {"ALL"};
  EXPECT_EQ(compile_plan(options, facts)->lockdown.bounding, caps::kDockerDefault);
}

TEST(Compile, SeccompFollowsTheCapabilities) {
  Options options = options_for();
  const auto standard = compile_plan(options, root_facts());
  EXPECT_FALSE(standard->lockdown.seccomp.empty());
  options.cap_adds = {"SYS_ADMIN"};
  const auto wider = compile_plan(options, root_facts());
  EXPECT_NE(wider->lockdown.seccomp.size(), standard->lockdown.seccomp.size());
  options.seccomp = SeccompChoice::unconfined;
  EXPECT_TRUE(compile_plan(options, root_facts())->lockdown.seccomp.empty());
  options.seccomp = SeccompChoice::file;
  HostFacts facts = root_facts();
  facts.seccomp_profile = R"({"defaultAction": "SCMP_ACT_NOTIFY"})";
  EXPECT_EQ(error_of(options, facts).code(), ErrorCode::seccomp_unsupported);
  EXPECT_THAT(error_of(options, facts).message(),
              HasSubstr("defaultAction: SCMP_ACT_NOTIFY needs a supervisor"));
  facts.seccomp_profile = R"({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
    {"names": ["read"], "action": "SCMP_ACT_LOG"}, {"names": ["mount"], "action": "SCMP_ACT_NOTIFY"}]})";
  EXPECT_EQ(error_of(options, facts).code(), ErrorCode::seccomp_unsupported);
  EXPECT_THAT(error_of(options, facts).message(), HasSubstr("syscalls[1].action: "));
  EXPECT_THAT(error_of(options, facts).hint(), HasSubstr("SCMP_ACT_ERRNO"));
  // Who would listen counts only with that action.
  facts.seccomp_profile = R"({"defaultAction": "SCMP_ACT_ALLOW", "listenerPath": "/run/agent"})";
  EXPECT_TRUE(compile_plan(options, facts).ok());
}

TEST(Compile, AnAppArmorProfileNeedsAppArmor) {
  Options options = options_for();
  options.apparmor = "web";
  HostFacts facts = root_facts();
  EXPECT_EQ(error_of(options, facts).code(), ErrorCode::unsupported);
  EXPECT_EQ(error_of(options, facts).message(), "--security-opt apparmor=web: AppArmor is not on here");
  EXPECT_THAT(error_of(options, facts).hint(), HasSubstr("lsm="));
  facts.apparmor = true;
  EXPECT_EQ(compile_plan(options, facts)->lockdown.apparmor_profile, "web");
  options.apparmor = kAppArmorUnconfined;
  EXPECT_EQ(compile_plan(options, facts)->lockdown.apparmor_profile, "unconfined");
  options.pid.kind = NamespaceChoice::Kind::host;
  EXPECT_TRUE(compile_plan(options, facts).ok());
  facts = user_facts();
  facts.apparmor = true;
  EXPECT_THAT(error_of(options, facts).message(), HasSubstr("apparmor=unconfined and --pid host"));
  options.pid = {};
  EXPECT_EQ(compile_plan(options, facts)->lockdown.apparmor_profile, "unconfined");
  // Without AppArmor there is nothing to be freed of.
  EXPECT_EQ(compile_plan(options, root_facts())->lockdown.apparmor_profile, "");
}

TEST(Compile, DefaultPidsLimitIsWaivedWhereItCannotBeHad) {
  // No cgroup at all: the default is given up and named; what was asked for is an error.
  Options options = options_for();
  const auto plan = compile_plan(options, user_facts());
  ASSERT_TRUE(plan.ok());
  EXPECT_THAT(plan->lockdown.rlimits,
              Contains(rlimit::Limit{RLIMIT_NPROC, kDefaultPidsLimit, kDefaultPidsLimit}));
  options.limits.memory_bytes = uint64_t{64} << 20;
  EXPECT_NE(error_of(options, user_facts()).code(), ErrorCode::unspecified);
  options.best_effort_limits = true;
  EXPECT_THAT(compile_plan(options, user_facts())->waived, Contains(HasSubstr("memory")));
}

TEST(Compile, ContradictionsAreNamed) {
  const auto message = [](auto change) {
    Options options = options_for();
    change(options);
    return error_of(options, root_facts()).message();
  };
  EXPECT_THAT(message([](Options& o) { o.rw = true, o.upper = "/u"; }), HasSubstr("--rw and --upper"));
  EXPECT_THAT(message([](Options& o) { o.rw = o.read_only = true; }), HasSubstr("--rw and --read-only"));
  EXPECT_THAT(message([](Options& o) { o.rootfs.clear(), o.rw = true; }), HasSubstr("--rw needs --rootfs"));
  EXPECT_THAT(message([](Options& o) { o.rw = true, o.storage_bytes = 1 << 20; }),
              HasSubstr("--storage-size"));
  EXPECT_THAT(message([](Options& o) { o.uts.kind = NamespaceChoice::Kind::host, o.hostname = "x"; }),
              HasSubstr("--hostname"));
  EXPECT_THAT(
      message([](Options& o) { o.timens.kind = NamespaceChoice::Kind::host, o.boottime_offset_ns = 1; }),
      HasSubstr("--time-offset"));
  EXPECT_THAT(message([](Options& o) { o.mountns.kind = NamespaceChoice::Kind::host; }),
              HasSubstr("mount namespace"));
  EXPECT_THAT(message([](Options& o) { o.init = true, o.pid.kind = NamespaceChoice::Kind::host; }),
              HasSubstr("--init"));
  EXPECT_THAT(message([](Options& o) { o.tty = true, o.output_limit_bytes = 1; }),
              HasSubstr("--output-limit"));
  EXPECT_THAT(message([](Options& o) { o.command.clear(); }), HasSubstr("no command"));
}

TEST(Compile, EnvironmentIsCleanAndLaterWins) {
  Options options = options_for();
  options.env = {"A=1", "B=2", "A=3", "PATH=/x"};
  options.tty = true;
  const auto plan = compile_plan(options, root_facts());
  EXPECT_THAT(plan->process.env,
              testing::ElementsAre("A=3", "B=2", "PATH=/x", "HOSTNAME=cove", "TERM=xterm"));
  EXPECT_FALSE(plan->process.null_stdin);
  EXPECT_TRUE(compile_plan(options_for(), root_facts())->process.null_stdin);
}

TEST(Compile, NoNewPrivsAndKeyringByDefault) {
  const auto plan = compile_plan(options_for(), root_facts());
  EXPECT_TRUE(plan->lockdown.no_new_privs);
  EXPECT_TRUE(plan->lockdown.new_session_keyring);
  EXPECT_EQ(plan->process.stdio, launch::StdioMode::inherit);
}

}  // namespace
}  // namespace cove::sandbox
