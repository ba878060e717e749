#include "sandbox/options_fields.h"

#include <fmt/format.h>

#include <array>
#include <span>
#include <utility>

#include "base/strings.h"

// Found by the types of their arguments, so not in a namespace without a name.
namespace cove::cgroup {

using fields::FieldVisitor;

static void describe(FieldVisitor& v, CpuQuota& quota) {
  v.required("quotaUs", quota.quota_us);
  v.required("periodUs", quota.period_us);
}

static void describe(FieldVisitor& v, DeviceRate& rate) {
  v.required("major", rate.major);
  v.required("minor", rate.minor);
  v.required("perSecond", rate.per_second);
}

static void describe(FieldVisitor& v, HugetlbLimit& limit) {
  v.required("pageBytes", limit.page_bytes);
  v.required("limitBytes", limit.limit_bytes);
}

static void describe(FieldVisitor& v, Limits& limits) {
  v.field("cpuQuota", limits.cpu_quota);
  v.field("cpuShares", limits.cpu_shares);
  v.field("cpusetCpus", limits.cpuset_cpus);
  v.field("cpusetMems", limits.cpuset_mems);
  v.field("memoryBytes", limits.memory_bytes);
  v.field("memorySwapBytes", limits.memory_swap_bytes);
  v.field("memoryReservationBytes", limits.memory_reservation_bytes);
  v.field("pidsMax", limits.pids_max);
  v.field("blkioWeight", limits.blkio_weight);
  v.field("readBps", limits.read_bps);
  v.field("writeBps", limits.write_bps);
  v.field("readIops", limits.read_iops);
  v.field("writeIops", limits.write_iops);
  v.field("hugetlb", limits.hugetlb);
}

}  // namespace cove::cgroup

namespace cove::sandbox {
namespace {

using fields::FieldVisitor;

template <typename Enum>
using Words = std::span<const std::pair<Enum, std::string_view>>;

// A value with a word for each; `Enum{}` is the default and left out.
template <typename Enum>
void word(FieldVisitor& v, std::string_view name, Enum& value, Words<Enum> words) {
  std::string text;
  for (const auto& [meaning, spelling] : words) {
    if (value != Enum{} && meaning == value) text = spelling;
  }
  v.field(name, text);
  if (text.empty()) return;
  for (const auto& [meaning, spelling] : words) {
    if (spelling == text) {
      value = meaning;
      return;
    }
  }
  v.refuse(name, fmt::format("{} is none of the words that are known", quote(text)));
}

// No text is ever empty where it is there.
void text(FieldVisitor& v, std::string_view name, std::optional<std::string>& value) {
  std::string content = value.value_or("");
  v.field(name, content);
  value = content.empty() ? std::nullopt : std::optional(std::move(content));
}

// Values that have a text form of their own.
template <typename T, typename Print, typename Parse>
void texts(FieldVisitor& v, std::string_view name, std::vector<T>& values, Print print, Parse parse) {
  std::vector<std::string> list;
  list.reserve(values.size());
  for (const T& value : values) list.push_back(print(value));
  v.field(name, list);
  values.clear();
  for (const std::string& element : list) {
    Result<T> parsed = parse(element);
    if (!parsed) return v.refuse(name, parsed.error().message());
    values.push_back(std::move(*parsed));
  }
}

constexpr std::string_view kPathPrefix = "ns:";
constexpr std::string_view kPidPrefix = "pid:";

// "ns:PATH" and "pid:N", for the members `path` and `pid` that the choices of namespaces have.
template <typename Choice>
std::string print_place(const Choice& choice) {
  if (choice.kind == Choice::Kind::path) return std::string(kPathPrefix) + choice.path;
  if (choice.kind == Choice::Kind::pid) return fmt::format("{}{}", kPidPrefix, choice.pid);
  return {};
}

template <typename Choice>
bool read_place(std::string_view text, Choice& choice) {
  if (text.starts_with(kPathPrefix)) {
    choice.kind = Choice::Kind::path;
    choice.path = text.substr(kPathPrefix.size());
    return true;
  }
  if (!text.starts_with(kPidPrefix)) return false;
  const auto pid = parse_number<pid_t>(text.substr(kPidPrefix.size()));
  choice.kind = Choice::Kind::pid;
  choice.pid = pid.value_or(0);
  return pid.has_value();
}

void field(FieldVisitor& v, std::string_view name, NamespaceChoice& choice) {
  using Kind = NamespaceChoice::Kind;
  std::string spelling = choice.kind == Kind::host    ? "host"
                         : choice.kind == Kind::fresh ? "private"
                                                      : print_place(choice);
  v.field(name, spelling);
  if (spelling.empty()) return;
  if (spelling == "host") {
    choice.kind = Kind::host;
  } else if (spelling == "private") {
    choice.kind = Kind::fresh;
  } else if (!read_place(spelling, choice)) {
    v.refuse(name, "must be host, private, ns:PATH or pid:N");
  }
}

void field(FieldVisitor& v, std::string_view name, UsernsChoice& choice) {
  using Kind = UsernsChoice::Kind;
  constexpr std::string_view kMapPrefix = "map:";
  std::string spelling = choice.kind == Kind::host        ? "host"
                         : choice.kind == Kind::automatic ? "auto"
                         : choice.kind == Kind::keep_id   ? "keep-id"
                         : choice.kind == Kind::map       ? std::string(kMapPrefix) + choice.map
                                                          : print_place(choice);
  v.field(name, spelling);
  if (spelling.empty()) return;
  if (spelling == "host") {
    choice.kind = Kind::host;
  } else if (spelling == "auto") {
    choice.kind = Kind::automatic;
  } else if (spelling == "keep-id") {
    choice.kind = Kind::keep_id;
  } else if (spelling.starts_with(kMapPrefix)) {
    choice.kind = Kind::map;
    choice.map = spelling.substr(kMapPrefix.size());
  } else if (!read_place(spelling, choice)) {
    v.refuse(name, "must be host, auto, keep-id, map:MAP, ns:PATH or pid:N");
  }
}

void describe_limits(FieldVisitor& v, network::Request& networks) {
  std::string egress = network::print_egress(networks.egress);
  v.field("egress", egress);
  network::describe_rate(v, networks.rate);
  if (egress.empty()) return;
  const Result<network::Egress> parsed = network::parse_egress(egress);
  if (!parsed) return v.refuse("egress", parsed.error().message());
  networks.egress = *parsed;
}

void network_choice(FieldVisitor& v, Options& options) {
  std::string spelling = options.network == NetworkChoice::host ? "host"
                         : options.network == NetworkChoice::path
                             ? std::string(kPathPrefix) + options.network_path
                         : options.network == NetworkChoice::pid
                             ? fmt::format("{}{}", kPidPrefix, options.network_pid)
                             : std::string(network::user_program_name(options.networks.program));
  v.field("network", spelling);
  v.field("networks", options.networks.networks);
  texts(v, "ports", options.networks.ports, network::print_port_request, network::parse_port_request);
  v.field("publishAll", options.networks.publish_all);
  v.field("networkOptional", options.networks.optional);
  describe_limits(v, options.networks);
  NamespaceChoice place;
  if (!options.networks.networks.empty()) options.network = NetworkChoice::named;
  if (spelling.empty()) return;
  if (spelling == "host") {
    options.network = NetworkChoice::host;
  } else if (const auto program = network::parse_user_program(spelling)) {
    options.network = NetworkChoice::user_mode;
    options.networks.program = *program;
  } else if (!read_place(spelling, place)) {
    v.refuse("network", "must be host, pasta, slirp4netns, ns:PATH or pid:N");
  } else if (place.kind == NamespaceChoice::Kind::path) {
    options.network = NetworkChoice::path;
    options.network_path = place.path;
  } else {
    options.network = NetworkChoice::pid;
    options.network_pid = place.pid;
  }
}

using Type = MountRequest::Type;
constexpr std::array<std::pair<Type, std::string_view>, 8> kMountTypes{{{Type::bind, "bind"},
                                                                        {Type::tmpfs, "tmpfs"},
                                                                        {Type::overlay, "overlay"},
                                                                        {Type::proc, "proc"},
                                                                        {Type::sysfs, "sysfs"},
                                                                        {Type::devpts, "devpts"},
                                                                        {Type::mqueue, "mqueue"},
                                                                        {Type::cgroup, "cgroup"}}};

using Propagation = MountRequest::Propagation;
constexpr std::array<std::pair<Propagation, std::string_view>, 6> kPropagations{
    {{Propagation::rprivate, "rprivate"},
     {Propagation::rslave, "rslave"},
     {Propagation::rshared, "rshared"},
     {Propagation::private_, "private"},
     {Propagation::slave, "slave"},
     {Propagation::shared, "shared"}}};

constexpr std::array<std::pair<SeccompChoice, std::string_view>, 3> kSeccompChoices{
    {{SeccompChoice::standard, "default"},
     {SeccompChoice::unconfined, "unconfined"},
     {SeccompChoice::file, "file"}}};

// true by default, so false is what is written.
void flag_on(FieldVisitor& v, std::string_view name, bool& value) {
  std::optional<bool> kept;
  if (!value) kept = false;
  v.field(name, kept);
  value = kept.value_or(true);
}

}  // namespace

// As those above.
static void describe(FieldVisitor& v, MountRequest& mount) {
  word<Type>(v, "type", mount.type, kMountTypes);
  v.field("source", mount.source);
  v.required("target", mount.target);
  v.field("readOnly", mount.read_only);
  v.field("nosuid", mount.nosuid);
  v.field("nodev", mount.nodev);
  v.field("noexec", mount.noexec);
  flag_on(v, "recursive", mount.recursive);
  word<Propagation>(v, "propagation", mount.propagation, kPropagations);
  v.field("idmap", mount.idmap);
  v.field("relabel", mount.relabel);
  v.always("sizeBytes", mount.size_bytes);
  v.field("mode", mount.mode);
  v.field("upper", mount.upper);
  v.field("work", mount.work);
  v.field("copyUp", mount.copy_up);
}

static void describe(FieldVisitor& v, DeviceRequest& device) {
  v.required("source", device.source);
  v.required("target", device.target);
  v.required("access", device.access);
}

namespace {

void root(FieldVisitor& v, Options& o) {
  v.field("rootfs", o.rootfs);
  v.field("lowers", o.lowers);
  v.field("upper", o.upper);
  v.field("rw", o.rw);
  v.field("readOnly", o.read_only);
  v.field("storageBytes", o.storage_bytes);
  v.always("tmpfsBytes", o.tmpfs_bytes);
  v.always("shmBytes", o.shm_bytes);
  v.field("mounts", o.mounts);
  v.field("devices", o.devices);
  v.field("unmaskPaths", o.unmask_paths);
}

void namespaces(FieldVisitor& v, Options& o) {
  field(v, "mountns", o.mountns);
  field(v, "pid", o.pid);
  field(v, "uts", o.uts);
  field(v, "ipc", o.ipc);
  field(v, "cgroupns", o.cgroupns);
  field(v, "timens", o.timens);
  field(v, "userns", o.userns);
  network_choice(v, o);
  text(v, "hostname", o.hostname);
  text(v, "domainname", o.domainname);
  v.field("monotonicOffsetNs", o.monotonic_offset_ns);
  v.field("boottimeOffsetNs", o.boottime_offset_ns);
  v.field("init", o.init);
}

void privileges(FieldVisitor& v, Options& o) {
  text(v, "user", o.user);
  v.field("groupAdds", o.group_adds);
  v.field("capAdds", o.cap_adds);
  v.field("capDrops", o.cap_drops);
  v.field("privileged", o.privileged);
  flag_on(v, "noNewPrivs", o.no_new_privs);
  word<SeccompChoice>(v, "seccomp", o.seccomp, kSeccompChoices);
  v.field("seccompFile", o.seccomp_file);
  v.field("apparmor", o.apparmor);
  texts(v, "landlock", o.landlock, landlock::print_rule, landlock::parse_rule);
  v.field("sysctls", o.sysctls);
}

void limits(FieldVisitor& v, Options& o) {
  v.field("limits", o.limits);
  texts(v, "ulimits", o.ulimits, rlimit::print_limit, rlimit::parse_limit);
  v.field("oomScoreAdj", o.oom_score_adj);
  v.field("timeoutMs", o.timeout_ms);
  v.field("cpuTimeMs", o.cpu_time_ms);
  v.field("outputLimitBytes", o.output_limit_bytes);
  v.field("bestEffortLimits", o.best_effort_limits);
}

}  // namespace

void describe(FieldVisitor& v, Options& o) {
  v.field("command", o.command);
  root(v, o);
  namespaces(v, o);
  privileges(v, o);
  limits(v, o);
  v.field("tty", o.tty);
  v.field("interactive", o.interactive);
  v.field("env", o.env);
  text(v, "workdir", o.workdir);
  v.field("labels", o.labels);
}

}  // namespace cove::sandbox
