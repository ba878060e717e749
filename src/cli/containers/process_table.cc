#include "cli/containers/process_table.h"

#include <fmt/format.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "base/real.h"
#include "base/strings.h"
#include "cli/format/text_width.h"
#include "cli/format/time_zone.h"
#include "cli/format/value.h"
#include "kernel/procfs/procfs.h"
#include "kernel/userdb/userdb.h"
#include "sys/clock.h"
#include "sys/file.h"

namespace cove::cli {
namespace {

constexpr double kTicks = 100;  // a second, in all that the kernel tells user space
constexpr int64_t kSecond = 1'000'000'000;

double age(const ProcessRow& row, const Clocks& clocks) {
  return std::max(0.0, clocks.uptime - static_cast<double>(row.start_ticks) / kTicks);
}

double cpu_share(const ProcessRow& row, const Clocks& clocks) {
  const double seconds = age(row, clocks);
  return seconds <= 0 ? 0 : static_cast<double>(row.cpu_ticks) / kTicks * 100 / seconds;
}

std::string number(uint64_t value) {
  return fmt::format("{}", value);
}

std::string user_text(const ProcessRow& row, const Clocks&) {
  const std::string name = userdb::login_name(row.uid);
  return name.empty() ? number(row.uid) : name;
}

// "15:04" of today, "Nov23" of this year, "2025" of an earlier one.
std::string start_text(const ProcessRow& row, const Clocks& clocks) {
  const int64_t now = clocks.now / kSecond;
  const format::TimeZone& zone = format::local_zone();
  const format::LocalTime then = zone.at(now - static_cast<int64_t>(age(row, clocks)));
  const format::LocalTime today = zone.at(now);
  if (then.year != today.year) return fmt::format("{}", then.year);
  if (then.month == today.month && then.day == today.day)
    return fmt::format("{:02}:{:02}", then.hour, then.minute);
  constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  return fmt::format("{}{:02}", kMonths.substr(size_t{3} * (then.month - 1), 3), then.day);
}

std::string terminal_text(const ProcessRow& row, const Clocks&) {
  constexpr unsigned kConsoles = 4;
  constexpr unsigned kFirstPts = 136;
  constexpr unsigned kPtsMajors = 8;
  constexpr unsigned kPerMajor = 256;
  // The kernel's old form, whose minor number has more bits higher up.
  const unsigned major = row.terminal >> 8 & 0xfff;
  const unsigned minor = (row.terminal & 0xff) | (row.terminal >> 12 & 0xfff00);
  if (major == kConsoles) return fmt::format("tty{}", minor);
  if (major >= kFirstPts && major < kFirstPts + kPtsMajors)
    return fmt::format("pts/{}", (major - kFirstPts) * kPerMajor + minor);
  return "?";
}

// "00:01:05", "3-00:00:00"
std::string duration_text(uint64_t seconds, bool short_form) {
  const uint64_t days = seconds / 86400;
  const uint64_t hours = seconds / 3600 % 24;
  const std::string rest = fmt::format("{:02}:{:02}", seconds / 60 % 60, seconds % 60);
  if (days > 0) return fmt::format("{}-{:02}:{}", days, hours, rest);
  return short_form && hours == 0 ? rest : fmt::format("{:02}:{}", hours, rest);
}

std::string time_text(const ProcessRow& row, const Clocks&) {
  return duration_text(row.cpu_ticks / static_cast<uint64_t>(kTicks), false);
}
// As `ps aux` has it: minutes and seconds.
std::string minutes_text(const ProcessRow& row, const Clocks&) {
  const uint64_t seconds = row.cpu_ticks / static_cast<uint64_t>(kTicks);
  return fmt::format("{}:{:02}", seconds / 60, seconds % 60);
}
std::string elapsed_text(const ProcessRow& row, const Clocks& clocks) {
  return duration_text(static_cast<uint64_t>(age(row, clocks)), true);
}
std::string whole_share_text(const ProcessRow& row, const Clocks& clocks) {
  constexpr double kMost = 99;
  return number(static_cast<uint64_t>(std::min(kMost, cpu_share(row, clocks))));
}
std::string share_text(const ProcessRow& row, const Clocks& clocks) {
  return fmt::format("{:.1f}", cpu_share(row, clocks));
}
std::string memory_text(const ProcessRow& row, const Clocks& clocks) {
  if (clocks.memory == 0) return "0.0";
  return fmt::format("{:.1f}",
                     static_cast<double>(row.resident_bytes) * 100 / static_cast<double>(clocks.memory));
}
std::string pid_text(const ProcessRow& row, const Clocks&) {
  return fmt::format("{}", row.pid);
}
std::string parent_text(const ProcessRow& row, const Clocks&) {
  return fmt::format("{}", row.parent);
}
std::string uid_text(const ProcessRow& row, const Clocks&) {
  return number(row.uid);
}
std::string name_text(const ProcessRow& row, const Clocks&) {
  return row.name;
}
std::string command_text(const ProcessRow& row, const Clocks&) {
  return row.command;
}
std::string state_text(const ProcessRow& row, const Clocks&) {
  return {row.state};
}
std::string threads_text(const ProcessRow& row, const Clocks&) {
  return number(row.threads);
}
std::string virtual_text(const ProcessRow& row, const Clocks&) {
  return number(row.virtual_bytes / 1024);
}
std::string resident_text(const ProcessRow& row, const Clocks&) {
  return number(row.resident_bytes / 1024);
}

// Docker calls the user's column UID and shows names in it, as ps -ef does.
constexpr std::array<ProcessColumn, 8> kFull{{{"uid", "UID", &user_text},
                                              {"pid", "PID", &pid_text},
                                              {"ppid", "PPID", &parent_text},
                                              {"c", "C", &whole_share_text},
                                              {"stime", "STIME", &start_text},
                                              {"tty", "TTY", &terminal_text},
                                              {"time", "TIME", &time_text},
                                              {"cmd", "CMD", &command_text}}};
constexpr std::array<ProcessColumn, 11> kAux{{{"user", "USER", &user_text},
                                              {"pid", "PID", &pid_text},
                                              {"pcpu", "%CPU", &share_text},
                                              {"pmem", "%MEM", &memory_text},
                                              {"vsz", "VSZ", &virtual_text},
                                              {"rss", "RSS", &resident_text},
                                              {"tty", "TTY", &terminal_text},
                                              {"stat", "STAT", &state_text},
                                              {"start", "START", &start_text},
                                              {"time", "TIME", &minutes_text},
                                              {"command", "COMMAND", &command_text}}};
constexpr std::array<ProcessColumn, 24> kKeywords{
    {{"%cpu", "%CPU", &share_text},         {"%mem", "%MEM", &memory_text},
     {"args", "COMMAND", &command_text},    {"c", "C", &whole_share_text},
     {"cmd", "CMD", &command_text},         {"comm", "COMMAND", &name_text},
     {"command", "COMMAND", &command_text}, {"etime", "ELAPSED", &elapsed_text},
     {"euid", "EUID", &uid_text},           {"nlwp", "NLWP", &threads_text},
     {"pcpu", "%CPU", &share_text},         {"pid", "PID", &pid_text},
     {"pmem", "%MEM", &memory_text},        {"ppid", "PPID", &parent_text},
     {"rss", "RSS", &resident_text},        {"s", "S", &state_text},
     {"start", "STARTED", &start_text},     {"stat", "STAT", &state_text},
     {"stime", "STIME", &start_text},       {"time", "TIME", &time_text},
     {"tty", "TT", &terminal_text},         {"uid", "UID", &uid_text},
     {"user", "USER", &user_text},          {"vsz", "VSZ", &virtual_text}}};

Error unknown_option(std::string_view option) {
  Error error(ErrorCode::invalid_argument,
              fmt::format("{} is no option of ps that is known here", quote(option)));
  error.set_hint("give -ef, aux, or -o with keywords: cove top NAME -o pid,user,args");
  return error;
}

Result<const ProcessColumn*> find_keyword(std::string_view keyword) {
  std::string known;
  for (const ProcessColumn& column : kKeywords) {
    if (column.keyword == keyword) return &column;
    known += fmt::format("{}{}", known.empty() ? "" : ", ", column.keyword);
  }
  Error error(ErrorCode::invalid_argument, fmt::format("-o {} is not known", quote(keyword)));
  error.set_hint("the keywords are " + known);
  return error;
}

template <size_t Count>
std::vector<const ProcessColumn*> all_of(const std::array<ProcessColumn, Count>& columns) {
  std::vector<const ProcessColumn*> all;
  all.reserve(Count);
  for (const ProcessColumn& column : columns) all.push_back(&column);
  return all;
}

// The fields of stat behind the name, from the state on.
std::vector<std::string_view> stat_fields(std::string_view stat, std::string_view& name) {
  const size_t begin = stat.find('(');
  const size_t end = stat.rfind(')');
  if (begin == std::string_view::npos || end == std::string_view::npos || end < begin) return {};
  name = stat.substr(begin + 1, end - begin - 1);
  return split(trim(stat.substr(end + 1)), ' ');
}

// "Uid:\t0\t0\t0\t0": the second, the effective one.
std::optional<uint32_t> effective_uid(std::string_view status) {
  while (const auto line = next_line(status)) {
    if (!line->starts_with("Uid:")) continue;
    const std::vector<std::string_view> ids = split(trim(line->substr(4)), '\t');
    return ids.size() > 1 ? parse_number<uint32_t>(ids[1]) : std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

std::optional<ProcessRow> parse_process(std::string_view stat, std::string_view status,
                                        std::string_view command_line) {
  // Where fields are, counted from the state, which is field 3.
  enum : size_t { state, parent, terminal = 4, user = 11, system, threads = 17, start = 19, size, pages };
  ProcessRow row;
  std::string_view name;
  const std::vector<std::string_view> fields = stat_fields(stat, name);
  const auto uid = effective_uid(status);
  const auto pid = parse_number<pid_t>(stat.substr(0, stat.find(' ')));
  if (fields.size() <= pages || fields[state].size() != 1 || !uid || !pid) return std::nullopt;
  const auto field = [&](size_t index) { return parse_number<uint64_t>(fields[index]).value_or(0); };
  row.pid = *pid;
  row.uid = *uid;
  row.name = name;
  row.state = fields[state].front();
  row.parent = static_cast<pid_t>(field(parent));
  row.terminal = static_cast<uint32_t>(field(terminal));
  row.cpu_ticks = field(user) + field(system);
  row.threads = field(threads);
  row.start_ticks = field(start);
  row.virtual_bytes = field(size);
  row.resident_bytes = field(pages) * static_cast<uint64_t>(::sysconf(_SC_PAGESIZE));
  while (command_line.ends_with('\0')) command_line.remove_suffix(1);
  row.command = command_line.empty() ? fmt::format("[{}]", name) : std::string(command_line);
  std::replace(row.command.begin(), row.command.end(), '\0', ' ');
  return row;
}

std::optional<ProcessRow> read_process(pid_t pid) {
  const auto stat = sys::read_file(fmt::format("/proc/{}/stat", pid).c_str());
  const auto status = sys::read_file(fmt::format("/proc/{}/status", pid).c_str());
  const auto command = sys::read_file(fmt::format("/proc/{}/cmdline", pid).c_str());
  if (!stat || !status) return std::nullopt;
  return parse_process(*stat, *status, command ? std::string_view(*command) : std::string_view());
}

Result<Clocks> read_clocks() {
  const std::string uptime = COVE_TRY(sys::read_file("/proc/uptime"));
  Clocks clocks;
  clocks.now = sys::real_time_nanoseconds();
  clocks.uptime = parse_real(split_once(uptime, ' ').first).value_or(0);
  clocks.memory = COVE_TRY(procfs::read_memory_total());
  return clocks;
}

Result<std::vector<const ProcessColumn*>> parse_columns(std::span<const std::string_view> options) {
  if (options.empty()) return all_of(kFull);
  const std::string_view first = options.front();
  if (options.size() == 1 && (first == "-ef" || first == "-fe" || first == "-f" || first == "-e"))
    return all_of(kFull);
  if (options.size() == 1 && (first == "aux" || first == "-aux")) return all_of(kAux);
  std::vector<const ProcessColumn*> columns;
  for (size_t i = 0; i < options.size(); ++i) {
    std::string_view option = options[i];
    if (option == "-e") continue;
    if (option.starts_with('-')) option.remove_prefix(option.starts_with("-e") ? 2 : 1);
    if (!option.starts_with('o')) return unknown_option(options[i]);
    std::string_view keywords = option.substr(1);
    if (keywords.empty() && i + 1 < options.size()) keywords = options[++i];
    if (keywords.empty()) return unknown_option(option);
    for (const std::string_view keyword : split(keywords, ','))
      columns.push_back(COVE_TRY(find_keyword(trim(keyword))));
  }
  if (columns.empty()) return all_of(kFull);
  return columns;
}

std::string process_table(std::span<const ProcessRow> rows, std::span<const ProcessColumn* const> columns,
                          const Clocks& clocks) {
  constexpr size_t kLeast = 20;
  constexpr size_t kGap = 3;
  std::vector<std::vector<std::string>> lines(rows.size() + 1);
  for (const ProcessColumn* column : columns) {
    lines[0].emplace_back(column->heading);
    // What a process calls itself must not act on the terminal.
    for (size_t i = 0; i < rows.size(); ++i)
      lines[i + 1].push_back(format::harmless_text(column->text(rows[i], clocks)));
  }
  std::string out;
  for (const auto& line : lines) {
    for (size_t k = 0; k < columns.size(); ++k) {
      out += line[k];
      if (k + 1 == columns.size()) continue;
      size_t width = kLeast;
      for (const auto& other : lines) width = std::max(width, format::text_columns(other[k]) + kGap);
      out.append(width - format::text_columns(line[k]), ' ');
    }
    out += '\n';
  }
  return out;
}

}  // namespace cove::cli
