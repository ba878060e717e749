#include "cli/explain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/resource.h>

#include <limits>
#include <string>

#include "cli/plan_words.h"
#include "kernel/seccomp/default_profile.h"

namespace cove::cli {
namespace {

using launch::LaunchPlan;
using launch::MountKind;
using launch::MountPlan;
using launch::NamespaceKind;
using launch::NamespaceMode;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

LaunchPlan sample() {
  LaunchPlan plan;
  plan.id = "0123456789ab";
  for (auto& ns : plan.namespaces) ns.mode = NamespaceMode::fresh;
  plan.ns(NamespaceKind::time) = {NamespaceMode::host, {}};
  plan.ns(NamespaceKind::ipc) = {NamespaceMode::join, "/proc/7/ns/ipc"};
  plan.idmap.writer = idmap::MapWriter::direct;
  plan.idmap.maps.uids = {{0, 1000, 1}, {1, 100000, 65536}};
  plan.idmap.maps.gids = {{0, 1000, 1}};
  plan.idmap.deny_setgroups = true;
  plan.hostname = "web";
  plan.loopback_up = true;
  plan.root.kind = launch::RootKind::overlay;
  plan.root.source = "/srv/root";
  plan.root.scratch_bytes = uint64_t{64} << 20;
  MountPlan proc;
  proc.type = "proc";
  proc.target = "/proc";
  proc.attributes = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC;
  proc.options = {{"hidepid", "2"}, {"ro", ""}};
  plan.mounts.push_back(proc);
  MountPlan mask;
  mask.kind = MountKind::mask;
  mask.target = "/proc/kcore";
  plan.mounts.push_back(mask);
  plan.cgroup.directories = {{1, "/sys/fs/cgroup/memory/cove-0123456789ab", {"memory"}}};
  plan.cgroup.writes = {{0, "memory.limit_in_bytes", "67108864", "memory", cgroup::IfMissing::fail}};
  plan.lockdown.bounding = {CAP_CHOWN, CAP_KILL};
  plan.lockdown.rlimits = {{RLIMIT_NOFILE, 1024, 2048}};
  plan.process.argv = {"sh", "-c", "echo 'a b'"};
  plan.process.env = {"PATH=/bin", "EVIL=\x1b[2J\nroot"};
  plan.waived = {"cpus: no cpu controller"};
  return plan;
}

TEST(Explain, TellsThePlanInWords) {
  const std::string text = explain_text(sample());
  EXPECT_THAT(text, StartsWith("Plan of sandbox 0123456789ab. Nothing of it has been done.\n\nNamespaces\n"));
  for (const char* line : {
           "  user    its own         who is root, and who is who\n",
           "  net     its own         network devices, addresses, ports; has a loopback\n                    "
           "      interface\n",
           "  ipc     joined          shared memory and queues: the one of /proc/7/ns/ipc\n",
           "  time    shared          clocks since the boot\n",
           "  host name               web\n",
           "  users                   0 inside is 1000 outside\n",
           "  users                   1 to 65536 inside are 100000 to 165535 outside\n",
           "  /                       an overlay over /srv/root, which stays as it is\n",
           "  writes                  go to a layer in memory that is thrown away\n",
           "  size of the layer       64 MiB\n",
           "  /proc                   a new proc (hidepid=2, ro, nosuid, noexec)\n",
           "  /proc/kcore             hidden\n",
           "  make                    /sys/fs/cgroup/memory/cove-0123456789ab (memory)\n",
           "  write                   memory.limit_in_bytes = 67108864, in\n",
           "  capabilities            2: CAP_CHOWN CAP_KILL\n",
           "  system calls            all: there is no seccomp filter\n",
           "  limit of each process   nofile=1024:2048\n",
           "  command                 sh -c 'echo '\\''a b'\\'''\n",
           "  user                    0\n",
           "  -                       cpus: no cpu controller\n",
       }) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

TEST(Explain, ATerminalIsNotObeyed) {
  const std::string text = explain_text(sample());
  EXPECT_THAT(text, AllOf(HasSubstr("EVIL=\\x1b[2J\\x0aroot"), Not(HasSubstr("\x1b"))));
}

TEST(Explain, TellsWhatTheFilterDecides) {
  LaunchPlan plan = sample();
  plan.lockdown.seccomp.resize(3);
  const auto summary =
      seccomp::summarize(seccomp::default_profile(), {.capabilities = plan.lockdown.bounding});
  ASSERT_TRUE(summary.ok());
  EXPECT_THAT(explain_text(plan, &*summary), AllOf(HasSubstr("a seccomp filter of 3 instructions decides"),
                                                   HasSubstr("by their arguments: "), HasSubstr("x86_64: ")));
  EXPECT_THAT(explain_json(plan, &*summary),
              AllOf(HasSubstr("\"instructions\": 3"), HasSubstr("\"by_argument\": [")));
}

TEST(Explain, TellsTheAppArmorProfile) {
  LaunchPlan plan = sample();
  EXPECT_THAT(explain_text(plan), Not(HasSubstr("AppArmor")));
  plan.lockdown.apparmor_profile = "web";
  EXPECT_THAT(explain_text(plan), HasSubstr("  AppArmor profile        web\n"));
  EXPECT_THAT(explain_json(plan), HasSubstr("\"apparmor_profile\": \"web\""));
}

TEST(Explain, TellsThePlanAsJson) {
  const std::string json = explain_json(sample());
  EXPECT_THAT(json, StartsWith("{\n  \"schema\": 1,\n  \"id\": \"0123456789ab\",\n"));
  for (const char* part : {
           R"("ipc": {
      "mode": "join",
      "path": "/proc/7/ns/ipc"
    })",
           R"({
        "inside": 1,
        "outside": 100000,
        "count": 65536
      })",
           R"("deny_setgroups": true)",
           R"({
      "kind": "filesystem",
      "target": "/proc",
      "type": "proc",
      "options": [
        "hidepid=2",
        "ro"
      ],
      "attributes": [
        "nosuid",
        "noexec"
      ],
      "optional": false
    })",
           R"("path": "/sys/fs/cgroup/memory/cove-0123456789ab/memory.limit_in_bytes",
        "value": "67108864",
        "option": "memory")",
           R"("capabilities": [
      "CAP_CHOWN",
      "CAP_KILL"
    ])",
           R"("oom_score_adj": null)",
           R"("EVIL=\u001b[2J\nroot")",
       }) {
    EXPECT_THAT(json, HasSubstr(part));
  }
}

TEST(PlanWords, NumbersAreReadable) {
  EXPECT_EQ(bytes_in_words(0), "0 bytes");
  EXPECT_EQ(bytes_in_words(65536), "64 KiB");
  EXPECT_EQ(bytes_in_words(1025), "1025 bytes");
  EXPECT_EQ(bytes_in_words(uint64_t{3} << 40), "3 TiB");
  EXPECT_EQ(nanoseconds_in_words(0), "0 s");
  EXPECT_EQ(nanoseconds_in_words(5'400'000'000'000), "1 h 30 min");
  EXPECT_EQ(nanoseconds_in_words(-1'000'001), "-1 ms 1 ns");
  EXPECT_EQ(nanoseconds_in_words(std::numeric_limits<int64_t>::min()),
            "-106751 d 23 h 47 min 16 s 854 ms 775 us 808 ns");
}

TEST(PlanWords, EachMountHasItsWords) {
  MountPlan mount;
  mount.source = "/a";
  mount.kind = MountKind::bind;
  mount.propagation = MS_SLAVE;
  mount.attributes = MOUNT_ATTR_RDONLY;
  mount.idmapped = true;
  EXPECT_EQ(mount_in_words(mount),
            "this machine's /a (ro, without the mounts below it, slave, with the sandbox's ids)");
  mount = {};
  mount.kind = MountKind::overlay;
  mount.source = "/usr";
  EXPECT_EQ(mount_in_words(mount), "an overlay over this machine's /usr; writes are thrown away");
  mount.target = "/usr";
  EXPECT_EQ(mount_in_words(mount), "an overlay over this machine's own; writes are thrown away");
  mount.upper = "/u";
  mount.target = "/opt";
  EXPECT_EQ(mount_in_words(mount), "an overlay over this machine's /usr; writes go to /u");
  mount = {};
  mount.kind = MountKind::device;
  mount.device = {'c', 1, 3, 0666, 0, 0};
  EXPECT_EQ(mount_in_words(mount), "a character device node, 1:3");
  mount.source = "/dev/null";
  EXPECT_EQ(mount_in_words(mount), "this machine's /dev/null");
  mount.kind = MountKind::directory;
  EXPECT_EQ(mount_in_words(mount), "an empty directory, mode 755");
}

TEST(PlanWords, UsersPrintAsTheyAreWritten) {
  for (const char* text : {"0", "1000:100", "www-data", "www-data:adm", "5:adm"}) {
    EXPECT_EQ(user_name(*userdb::parse_user(text)), text);
  }
}

TEST(PlanWords, WordsAreQuotedForAShell) {
  EXPECT_EQ(shell_word("/bin/true"), "/bin/true");
  EXPECT_EQ(shell_word(""), "''");
  EXPECT_EQ(shell_word("a b"), "'a b'");
  EXPECT_EQ(shell_word("it's"), "'it'\\''s'");
  EXPECT_EQ(shell_word("\x1b"), "'\\x1b'");
}

}  // namespace
}  // namespace cove::cli
