// The tables of `cove run`: well formed, and each option sets its field.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/run_request.h"
#include "sys/file.h"

namespace cove::cli {
namespace {

using sandbox::NamespaceChoice;
using sandbox::Options;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct Outcome {
  Options options;
  std::string error;
  std::string hint;
};

Outcome parse(std::vector<std::string> words) {
  words.emplace_back("true");
  std::vector<char*> arguments;
  arguments.reserve(words.size());
  for (std::string& word : words) arguments.push_back(word.data());
  std::string lang = "LANG=C.UTF-8";
  std::array<char*, 2> environment{lang.data(), nullptr};
  RunRequest request{Caller(environment.data(), "/work")};
  Outcome outcome;
  Status status;
  if (auto parsed = parse_arguments(find_command("run")->syntax(), arguments, &request); !parsed.ok()) {
    status = parsed.error();
  } else {
    status = finish_request(request);
  }
  if (!status.ok()) {
    outcome.error = status.error().message();
    outcome.hint = status.error().hint();
  }
  outcome.options = std::move(request.options);
  return outcome;
}

std::string failure(std::vector<std::string> words) {
  return parse(std::move(words)).error;
}

struct Case {
  std::string_view option;
  std::vector<std::string> words;
  std::function<bool(const Options&)> holds;
};

const std::vector<Case>& cases() {
  static const std::vector<Case> kCases{
      {"read-only", {"--read-only"}, [](const Options& o) { return o.read_only; }},
      {"rootfs", {"--rootfs", "root"}, [](const Options& o) { return o.rootfs == "/work/root"; }},
      {"rw", {"--rootfs", "/r", "--rw"}, [](const Options& o) { return o.rw; }},
      {"shm-size", {"--shm-size=1m"}, [](const Options& o) { return o.shm_bytes == 1U << 20; }},
      {"storage-size",
       {"--storage-size", "1m"},
       [](const Options& o) { return o.storage_bytes == 1U << 20; }},
      {"tmpfs-size", {"--tmpfs-size", "1m"}, [](const Options& o) { return o.tmpfs_bytes == 1U << 20; }},
      {"upper", {"--rootfs", "/r", "--upper", "/u/"}, [](const Options& o) { return o.upper == "/u"; }},
      {"device", {"--device", "/dev/fuse:r"}, [](const Options& o) { return o.devices.at(0).access == "r"; }},
      {"mount",
       {"--mount", "type=proc,dst=/p"},
       [](const Options& o) { return o.mounts.at(0).target == "/p"; }},
      {"tmpfs", {"--tmpfs", "/t:ro"}, [](const Options& o) { return o.mounts.at(0).read_only; }},
      {"volume", {"-v", "/a:/b", "-v/c:/d"}, [](const Options& o) { return o.mounts.at(1).source == "/c"; }},
      {"cgroupns",
       {"--cgroupns", "host"},
       [](const Options& o) { return o.cgroupns.kind == NamespaceChoice::Kind::host; }},
      {"domainname", {"--domainname", "d"}, [](const Options& o) { return o.domainname == "d"; }},
      {"hostname", {"-h", "web"}, [](const Options& o) { return o.hostname == "web"; }},
      {"init", {"--init"}, [](const Options& o) { return o.init; }},
      {"ipc", {"--ipc", "pid:7"}, [](const Options& o) { return o.ipc.pid == 7; }},
      {"mountns",
       {"--mountns", "host"},
       [](const Options& o) { return o.mountns.kind == NamespaceChoice::Kind::host; }},
      {"network", {"--net=host"}, [](const Options& o) { return o.network == sandbox::NetworkChoice::host; }},
      {"egress",
       {"--egress", "allow:db:5432"},
       [](const Options& o) { return o.networks.egress.restricted && o.networks.egress.has_names(); }},
      {"net-rate",
       {"--net-rate", "in=8mbit"},
       [](const Options& o) {
         return o.networks.rate == network::NetRate{1'000'000, 0};
       }},
      {"pid", {"--pid", "ns:/n"}, [](const Options& o) { return o.pid.path == "/n"; }},
      {"time-offset",
       {"--time-offset", "monotonic=1"},
       [](const Options& o) { return o.monotonic_offset_ns == 1'000'000'000; }},
      {"timens",
       {"--timens", "private"},
       [](const Options& o) { return o.timens.kind == NamespaceChoice::Kind::fresh; }},
      {"userns",
       {"--userns", "keep-id"},
       [](const Options& o) { return o.userns.kind == sandbox::UsernsChoice::Kind::keep_id; }},
      {"uts",
       {"--uts", "private"},
       [](const Options& o) { return o.uts.kind == NamespaceChoice::Kind::fresh; }},
      {"cap-add",
       {"--cap-add", "net_admin"},
       [](const Options& o) { return o.cap_adds.at(0) == "net_admin"; }},
      {"cap-drop", {"--cap-drop", "ALL"}, [](const Options& o) { return o.cap_drops.at(0) == "ALL"; }},
      {"group-add", {"--group-add", "adm"}, [](const Options& o) { return o.group_adds.at(0) == "adm"; }},
      {"landlock",
       {"--landlock", "ro:/usr"},
       [](const Options& o) { return o.landlock.at(0).path == "/usr"; }},
      {"privileged", {"--privileged"}, [](const Options& o) { return o.privileged; }},
      {"security-opt",
       {"--security-opt", "systempaths=unconfined"},
       [](const Options& o) { return o.unmask_paths; }},
      {"sysctl",
       {"--sysctl", "net.ipv4.ip_forward=1"},
       [](const Options& o) { return o.sysctls.at(0).second == "1"; }},
      {"user", {"-u", "1000:100"}, [](const Options& o) { return o.user == "1000:100"; }},
      {"best-effort-limits", {"--best-effort-limits"}, [](const Options& o) { return o.best_effort_limits; }},
      {"blkio-weight",
       {"--blkio-weight", "10"},
       [](const Options& o) { return o.limits.blkio_weight == 10; }},
      {"cpu-shares", {"-c", "512"}, [](const Options& o) { return o.limits.cpu_shares == 512; }},
      {"cpu-time", {"--cpu-time", "2s"}, [](const Options& o) { return o.cpu_time_ms == 2000; }},
      {"cpus",
       {"--cpus", "1.5"},
       [](const Options& o) { return o.limits.cpu_quota && o.limits.cpu_quota->quota_us == 150'000; }},
      {"cpuset-cpus",
       {"--cpuset-cpus", "0-1"},
       [](const Options& o) { return o.limits.cpuset_cpus == "0-1"; }},
      {"cpuset-mems", {"--cpuset-mems", "0"}, [](const Options& o) { return o.limits.cpuset_mems == "0"; }},
      {"hugetlb",
       {"--hugetlb", "2m:4m"},
       [](const Options& o) { return o.limits.hugetlb.at(0).limit_bytes == 4U << 20; }},
      {"memory", {"-m", "64m"}, [](const Options& o) { return o.limits.memory_bytes == 64U << 20; }},
      {"memory-reservation",
       {"--memory-reservation", "1m"},
       [](const Options& o) { return o.limits.memory_reservation_bytes == 1U << 20; }},
      {"memory-swap",
       {"-m", "1m", "--memory-swap", "-1"},
       [](const Options& o) { return o.limits.memory_swap_bytes == cgroup::kUnlimited; }},
      {"oom-score-adj",
       {"--oom-score-adj", "-500"},
       [](const Options& o) { return o.oom_score_adj == -500; }},
      {"output-limit",
       {"--output-limit", "1k"},
       [](const Options& o) { return o.output_limit_bytes == 1024; }},
      {"pids-limit", {"--pids-limit", "64"}, [](const Options& o) { return o.limits.pids_max == 64; }},
      {"timeout", {"--timeout", "1m30s"}, [](const Options& o) { return o.timeout_ms == 90'000; }},
      {"ulimit",
       {"--ulimit", "nofile=1024:2048"},
       [](const Options& o) { return o.ulimits.at(0).hard == 2048; }},
      {"env",
       {"-e", "LANG", "-e", "A=1"},
       [](const Options& o) {
         return o.env == std::vector<std::string>{"LANG=C.UTF-8", "A=1"};
       }},
      {"interactive", {"-it"}, [](const Options& o) { return o.interactive && o.tty; }},
      {"label",
       {"-l", "a=b", "-l", "c"},
       [](const Options& o) { return o.labels.at(1).first == "c" && o.labels.at(0).second == "b"; }},
      {"name", {"--name", "web"}, [](const Options& o) { return o.name == "web"; }},
      {"tty", {"-t"}, [](const Options& o) { return o.tty; }},
      {"workdir", {"-w", "/"}, [](const Options& o) { return o.workdir == "/"; }},
      {"report", {"--report", "r.json"}, [](const Options& o) { return o.report == "/work/r.json"; }},
      {"rm", {"--rm"}, [](const Options&) { return true; }},
      {"timings", {"--timings"}, [](const Options& o) { return o.timings; }},
  };
  return kCases;
}

bool holds_by_default(const Case& expected) {
  try {
    return expected.holds(Options{});
  } catch (const std::out_of_range&) {
    return false;
  }
}

TEST(RunOptions, EachSetsItsField) {
  for (const Case& expected : cases()) {
    const Outcome outcome = parse(expected.words);
    EXPECT_EQ(outcome.error, "") << expected.option;
    if (outcome.error.empty()) {
      EXPECT_TRUE(expected.holds(outcome.options)) << expected.option;
      EXPECT_TRUE(expected.option == "rm" || !holds_by_default(expected)) << expected.option;
    }
  }
}

TEST(RunOptions, EachIsTested) {
  // These look at the machine or make a container; they have tests of their own below.
  std::set<std::string_view> tested{"add-host",
                                    "dns",
                                    "dns-option",
                                    "dns-search",
                                    "health-cmd",
                                    "health-interval",
                                    "health-retries",
                                    "health-start-interval",
                                    "health-start-period",
                                    "health-timeout",
                                    "no-healthcheck",
                                    "cidfile",
                                    "detach",
                                    "detach-keys",
                                    "entrypoint",
                                    "log-driver",
                                    "log-opt",
                                    "restart",
                                    "sig-proxy",
                                    "stop-signal",
                                    "stop-timeout",
                                    "env-file",
                                    "device-read-bps",
                                    "device-write-bps",
                                    "device-read-iops",
                                    "device-write-iops",
                                    "volumes-from",
                                    "platform",
                                    "pull",
                                    "expose",
                                    "ip",
                                    "ip6",
                                    "mac-address",
                                    "network-alias",
                                    "publish",
                                    "publish-all"};
  for (const Case& known : cases()) tested.insert(known.option);
  for (const OptionGroup* group : find_command("run")->groups) {
    for (const Option& option : group->options) EXPECT_TRUE(tested.contains(option.name)) << option.name;
  }
}

// What makes a container, and what is kept with it.
TEST(RunOptions, ContainersHaveTheirOwn) {
  const auto container = [](std::vector<std::string> words) {
    words.emplace_back("true");
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    RunRequest request{Caller(nullptr, "/work")};
    EXPECT_TRUE(parse_arguments(find_command("run")->syntax(), arguments, &request).ok());
    return request;
  };
  EXPECT_FALSE(wants_container(container({"--rm"})));
  EXPECT_FALSE(wants_container(container({"--name", "a", "--report", "-"})));
  EXPECT_TRUE(wants_container(container({"--name", "a"})));
  EXPECT_TRUE(wants_container(container({"-d"})));
  EXPECT_EQ(container({"--cidfile", "id"}).cidfile, "/work/id");
  EXPECT_EQ(container({"--restart", "on-failure:3"}).record.restart.max_retries, 3U);
  EXPECT_EQ(container({"--stop-signal", "INT"}).record.stop_signal, 2);
  EXPECT_EQ(container({"--stop-timeout", "3"}).record.stop_timeout_s, 3U);
  EXPECT_EQ(container({"--detach-keys", "ctrl-a,b"}).record.detach_keys,
            "\x01"
            "b");
  EXPECT_EQ(container({"--log-driver", "none"}).record.logs.driver, "none");
  EXPECT_THAT(container({"--log-opt", "max-size=1m", "--log-opt", "max-size=2m"}).record.logs.options,
              ElementsAre(testing::Pair("max-size", "2m")));
  EXPECT_THAT(container({"--entrypoint", "/bin/sh"}).record.entrypoint, ElementsAre("/bin/sh"));
  EXPECT_FALSE(container({"--sig-proxy=false"}).sig_proxy);
  EXPECT_TRUE(container({"--rm"}).record.auto_remove);
  const auto healthy =
      container({"--health-cmd", "true", "--health-interval", "2s", "--health-timeout", "3s",
                 "--health-retries", "4", "--health-start-period", "5s", "--health-start-interval", "6s"})
          .record.health;
  EXPECT_THAT(healthy.command, testing::Contains("true"));
  EXPECT_EQ(healthy.interval_ms, 2000U);
  EXPECT_EQ(healthy.timeout_ms, 3000U);
  EXPECT_EQ(healthy.retries, 4U);
  EXPECT_EQ(healthy.start_period_ms, 5000U);
  EXPECT_EQ(healthy.start_interval_ms, 6000U);
  EXPECT_TRUE(container({"--no-healthcheck"}).no_healthcheck);
  EXPECT_EQ(container({"--platform", "linux/x86_64"}).platform, "linux/amd64");
  EXPECT_EQ(container({"--pull", "never"}).pull, PullChoice::never);
  const auto names = container({"--dns", "10.0.0.1", "--dns-option", "ndots:2", "--dns-search", "example.com",
                                "--add-host", "db:10.0.0.2"})
                         .record.names;
  EXPECT_THAT(names.servers, ElementsAre("10.0.0.1"));
  EXPECT_THAT(names.options, ElementsAre("ndots:2"));
  EXPECT_THAT(names.searches, ElementsAre("example.com"));
  EXPECT_THAT(names.hosts, ElementsAre("db:10.0.0.2"));
}

TEST(RunOptions, TheDefaultsAreTheSafeOnes) {
  const Options options = parse({}).options;
  EXPECT_TRUE(options.no_new_privs);
  EXPECT_FALSE(options.privileged);
  EXPECT_EQ(options.seccomp, sandbox::SeccompChoice::standard);
  EXPECT_EQ(options.network, sandbox::NetworkChoice::none);
  EXPECT_EQ(options.shm_bytes, 64U << 20);
  EXPECT_THAT(options.env, IsEmpty());
}

TEST(RunOptions, AnEnvFileComesBeforeTheVariables) {
  const std::string path = testing::TempDir() + "/cove-env-file";
  ASSERT_TRUE(sys::replace_file(path.c_str(), "A=file\nB=2\n", 0600).ok());
  EXPECT_THAT(parse({"-e", "A=1", "--env-file", path}).options.env, ElementsAre("A=file", "B=2", "A=1"));
  ASSERT_TRUE(sys::replace_file(path.c_str(), "A=1\nB C\n", 0600).ok());
  EXPECT_THAT(failure({"--env-file", path}), HasSubstr(": line 2: the name 'B C' has white space in it"));
  ASSERT_TRUE(sys::remove_file_at(AT_FDCWD, path.c_str()).ok());
  EXPECT_THAT(failure({"--env-file", path}), HasSubstr("No such file or directory"));
}

TEST(RunOptions, SecurityOptionsAreDockers) {
  EXPECT_EQ(parse({"--security-opt", "seccomp=unconfined"}).options.seccomp,
            sandbox::SeccompChoice::unconfined);
  EXPECT_EQ(parse({"--security-opt", "seccomp:unconfined"}).options.seccomp,
            sandbox::SeccompChoice::unconfined);
  EXPECT_EQ(parse({"--security-opt", "seccomp=default"}).options.seccomp, sandbox::SeccompChoice::standard);
  const Options file = parse({"--security-opt", "seccomp=p.json"}).options;
  EXPECT_EQ(file.seccomp, sandbox::SeccompChoice::file);
  EXPECT_EQ(file.seccomp_file, "/work/p.json");
  EXPECT_TRUE(parse({"--security-opt", "no-new-privileges"}).options.no_new_privs);
  EXPECT_TRUE(parse({"--security-opt", "no-new-privileges:true"}).options.no_new_privs);
  EXPECT_FALSE(parse({"--security-opt=no-new-privileges=false"}).options.no_new_privs);
  EXPECT_EQ(failure({"--security-opt", "no-new-privileges=no"}),
            "--security-opt 'no-new-privileges=no': no-new-privileges is neither true nor false");
  EXPECT_EQ(failure({"--security-opt", "seccomp=default", "--security-opt", "seccomp=unconfined"}),
            "--security-opt 'seccomp=unconfined': seccomp is decided already");
  EXPECT_EQ(parse({"--security-opt", "apparmor=docker-default"}).options.apparmor, "docker-default");
  EXPECT_EQ(parse({"--security-opt", "apparmor:unconfined"}).options.apparmor, "unconfined");
  EXPECT_EQ(parse({"--security-opt", "apparmor=:ns:/usr/bin/man"}).options.apparmor, ":ns:/usr/bin/man");
  EXPECT_EQ(failure({"--security-opt", "apparmor=a", "--security-opt", "apparmor=b"}),
            "--security-opt 'apparmor=b': apparmor is decided already");
  EXPECT_EQ(failure({"--security-opt", "apparmor="}),
            "--security-opt 'apparmor=': not the name of a profile");
  EXPECT_EQ(failure({"--security-opt", "apparmor=a b"}),
            "--security-opt 'apparmor=a b': not the name of a profile");
  EXPECT_EQ(failure({"--security-opt", "apparmor"}), "--security-opt 'apparmor': not a security option");
  EXPECT_EQ(failure({"--security-opt", "label=disable"}),
            "--security-opt 'label=disable': SELinux labels are not available in this version");
  EXPECT_EQ(failure({"--security-opt", "writable-cgroups=true"}),
            "--security-opt 'writable-cgroups=true': not a security option");
}

// What people will see most.
TEST(RunOptions, ErrorsNameOptionValueAndTheRightForm) {
  EXPECT_EQ(failure({"--memroy", "1g"}), "unknown option '--memroy'; did you mean --memory?");
  EXPECT_EQ(failure({"--memory", "12q"}), "--memory '12q': not a size ('q' is no unit)");
  EXPECT_EQ(failure({"-m", "4k"}), "-m '4k': less than 1m, in which no program can start");
  EXPECT_EQ(failure({"-m", "1g", "-m", "2g"}), "-m is given twice");
  EXPECT_EQ(failure({"--net", "host", "--network", "none"}), "--network 'none': is given twice");
  EXPECT_EQ(failure({"--network", "web", "--network", "none"}), "--network 'none': is given twice");
  EXPECT_EQ(failure({"--network", "a/b"}), "--network 'a/b': 'a/b' is no name of a network");
  EXPECT_EQ(failure({"-p", "80:"}), "-p '80:': '80:' is no published port");
  EXPECT_EQ(failure({"--network", "none", "-p", "80"}),
            "-p, -P, --ip, --ip6, --mac-address and --network-alias need a network");
  EXPECT_EQ(failure({"-v", "d:/data"}), "-v 'd:/data': 'd' is no name of a volume");
  EXPECT_EQ(failure({"-v", "data:/data", "--tmpfs", "/data"}),
            "two mounts or devices have the target '/data'");
  EXPECT_EQ(failure({"--cap-add", "NET_ADMN"}), "--cap-add 'NET_ADMN': not a capability");
  EXPECT_EQ(failure({"--cpus", "0"}), "--cpus '0': not a number of processors from 0.01 up");
  EXPECT_EQ(failure({"--cpu-shares", "1"}), "--cpu-shares '1': out of range");
  EXPECT_EQ(parse({"--cpu-shares", "1"}).hint, "give a whole number from 2 to 262144");
  EXPECT_EQ(failure({"--device-read-bps", "/dev/null:1m"}),
            "--device-read-bps '/dev/null:1m': '/dev/null' is not a block device");
  EXPECT_EQ(failure({"--device-write-bps", "x"}), "--device-write-bps 'x': not a device and a rate");
  EXPECT_EQ(failure({"--device-read-iops", "/dev/null:1m"}),
            "--device-read-iops '/dev/null:1m': the rate: not a whole number");
  EXPECT_EQ(failure({"--device-write-iops", "/dev/null:1"}),
            "--device-write-iops '/dev/null:1': '/dev/null' is not a block device");
  EXPECT_THAT(failure({"--restart", "often"}), HasSubstr("'often' is no restart policy"));
  EXPECT_THAT(failure({"--log-opt", "max-size"}), HasSubstr("not of the form KEY=VALUE"));
  EXPECT_THAT(failure({"--stop-signal", "SIGNONE"}), HasSubstr("unknown signal"));
  EXPECT_THAT(failure({"--detach-keys", "ctrl-1"}), HasSubstr("is no key"));
  EXPECT_EQ(failure({"--workdir", "tmp"}), "--workdir 'tmp': not an absolute path");
  EXPECT_EQ(failure({"--hostname", "a_"}), "");
  EXPECT_EQ(failure({"--hostname", "-a"}), "--hostname '-a': not a host name");
}

TEST(RunOptions, WhatDoesNotFitTogetherIsRefused) {
  EXPECT_EQ(failure({"--rw"}), "--rw needs --rootfs");
  EXPECT_EQ(failure({"--upper", "/u"}), "--upper needs --rootfs");
  EXPECT_EQ(failure({"--rootfs", "/r", "--rw", "--upper", "/u"}), "--rw and --upper exclude each other");
  EXPECT_EQ(failure({"--rootfs", "/r", "--rw", "--read-only"}), "--rw and --read-only exclude each other");
  EXPECT_EQ(failure({"--rootfs", "/r", "--upper", "/u", "--read-only"}),
            "--upper and --read-only exclude each other");
  EXPECT_EQ(failure({"--read-only", "--storage-size", "1m"}),
            "--storage-size has no layer to bound: --read-only forbids all writes");
  EXPECT_EQ(failure({"--mountns", "host", "--tmpfs", "/t"}),
            "options of the root file system and of mounts need a mount namespace of the sandbox's own");
  EXPECT_EQ(failure({"--uts", "host", "-h", "web"}),
            "--hostname and --domainname need a UTS namespace of the sandbox's own");
  EXPECT_EQ(failure({"--timens", "host", "--time-offset", "boottime=1"}),
            "--time-offset needs a time namespace of the sandbox's own");
  EXPECT_EQ(failure({"--pid", "host", "--init"}),
            "--init needs a PID namespace of the sandbox's own, in which to be process 1");
  EXPECT_EQ(failure({"--memory-swap", "1g"}), "--memory-swap needs --memory");
  EXPECT_EQ(failure({"--memory", "1g", "--memory-swap", "512m"}), "--memory-swap is less than --memory");
  EXPECT_EQ(failure({"--memory", "1g", "--memory-swap", "1g"}), "");
  EXPECT_EQ(failure({"--memory", "1g", "--memory-reservation", "2g"}),
            "--memory-reservation is more than --memory");
  EXPECT_EQ(failure({"--privileged", "--cap-drop", "ALL"}), "--privileged and --cap-drop exclude each other");
  EXPECT_EQ(failure({"-t", "--output-limit", "1m"}), "--output-limit and --tty exclude each other");
  EXPECT_EQ(failure({"-v", "/a:/x", "--tmpfs", "/x/"}), "two mounts or devices have the target '/x'");
}

}  // namespace
}  // namespace cove::cli
