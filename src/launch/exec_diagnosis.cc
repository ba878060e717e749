#include "launch/exec_diagnosis.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>

#include "base/strings.h"
#include "sys/file.h"
#include "sys/process.h"
#include "sys/program.h"
#include "sys/statfs.h"

namespace cove::launch {
namespace {

constexpr size_t kHeadSize = 4096;  // the program headers of every common linker lie in it

#if defined(__x86_64__)
constexpr uint16_t kNativeMachine = EM_X86_64;
#elif defined(__aarch64__)
constexpr uint16_t kNativeMachine = EM_AARCH64;
#else
#error "unknown architecture: name its ELF machine"
#endif

std::string machine_name(uint16_t machine) {
  switch (machine) {
    case EM_X86_64:
      return "x86_64";
    case EM_386:
      return "i386";
    case EM_AARCH64:
      return "aarch64";
    case EM_ARM:
      return "arm";
    case EM_RISCV:
      return "riscv";
    case EM_PPC64:
      return "ppc64";
    case EM_S390:
      return "s390";
    case EM_MIPS:
      return "mips";
    default:
      return fmt::format("ELF machine {}", machine);
  }
}

template <typename T>
bool read_at(std::string_view bytes, size_t offset, T& out) {
  if (offset > bytes.size() || bytes.size() - offset < sizeof out) return false;
  std::memcpy(&out, bytes.data() + offset, sizeof out);
  return true;
}

Error failure(ErrorCode code, std::string text, int sys_errno) {
  return Error(code, std::move(text), sys_errno);
}

Status check_interpreter(const std::string& path, const ProgramHead& head) {
  if (head.interpreter.empty() || sys::exists(head.interpreter.c_str())) return {};
  Error error =
      failure(ErrorCode::exec_interpreter_missing,
              fmt::format("{} needs {}, which is not in the sandbox", path, head.interpreter), ENOENT);
  error.set_hint(
      head.kind == ProgramKind::script
          ? "install that interpreter in the root file system, or mend the script's first line"
          : "the program is linked for another C library: install its loader, or use a static program");
  return error;
}

Status check_head(const std::string& path, const ProgramHead& head) {
  switch (head.kind) {
    case ProgramKind::elf_foreign: {
      Error error =
          failure(ErrorCode::exec_wrong_architecture,
                  fmt::format("{} is built for {}, not for this machine", path, head.machine), ENOEXEC);
      error.set_hint(
          fmt::format("this machine is {}; use a program or image for it", machine_name(kNativeMachine)));
      return error;
    }
    case ProgramKind::script_crlf:
      return failure(ErrorCode::exec_crlf_shebang,
                     fmt::format("the first line of {} ends in a carriage return", path), ENOENT);
    case ProgramKind::unknown:
    case ProgramKind::empty:
      return failure(ErrorCode::exec_bad_format, fmt::format("{} is not a program", path), ENOEXEC);
    case ProgramKind::elf_native:
    case ProgramKind::script:
      return check_interpreter(path, head);
  }
  return {};
}

std::string_view path_variable(const std::vector<std::string>& env) {
  for (const std::string& variable : env) {
    if (variable.starts_with("PATH=")) return std::string_view(variable).substr(5);
  }
  return "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
}

}  // namespace

std::string parse_elf_interpreter(std::string_view bytes) {
  Elf64_Ehdr header{};
  if (!read_at(bytes, 0, header) || header.e_ident[EI_CLASS] != ELFCLASS64) return {};
  for (uint16_t i = 0; i < header.e_phnum; ++i) {
    Elf64_Phdr segment{};
    const uint64_t offset = header.e_phoff + uint64_t{i} * sizeof segment;
    if (header.e_phoff > bytes.size() || !read_at(bytes, offset, segment)) return {};
    if (segment.p_type != PT_INTERP) continue;
    if (segment.p_offset > bytes.size() || segment.p_filesz > bytes.size() - segment.p_offset) return {};
    const std::string_view name = bytes.substr(segment.p_offset, segment.p_filesz);
    return std::string(name.substr(0, name.find('\0')));
  }
  return {};
}

ProgramHead parse_program_head(std::string_view bytes) {
  ProgramHead head;
  if (bytes.empty()) {
    head.kind = ProgramKind::empty;
    return head;
  }
  if (bytes.starts_with("#!")) {
    std::string_view line = bytes.substr(2);
    line = line.substr(0, line.find('\n'));
    head.kind = line.ends_with('\r') ? ProgramKind::script_crlf : ProgramKind::script;
    line = trim(line);
    head.interpreter = line.substr(0, line.find_first_of(" \t"));
    return head;
  }
  if (!bytes.starts_with(ELFMAG)) return head;
  // e_machine lies at the same place in 32- and 64-bit headers.
  uint16_t machine = 0;
  if (!read_at(bytes, offsetof(Elf64_Ehdr, e_machine), machine)) return head;
  const bool native = machine == kNativeMachine || (kNativeMachine == EM_X86_64 && machine == EM_386);
  head.kind = native ? ProgramKind::elf_native : ProgramKind::elf_foreign;
  head.machine = machine_name(machine);
  head.interpreter = parse_elf_interpreter(bytes);
  return head;
}

Status diagnose_executable(const std::string& path) {
  const Result<UniqueFd> fd = sys::open_path(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY);
  if (!fd) {
    if (fd.error().sys_errno() == ENOENT || fd.error().sys_errno() == ENOTDIR) {
      return failure(ErrorCode::exec_not_found, fmt::format("{}: no such program in the sandbox", path),
                     ENOENT);
    }
    if (!sys::stat_at(AT_FDCWD, path.c_str())) {
      Error error = failure(ErrorCode::exec_permission, fmt::format("{} cannot be reached", path),
                            fd.error().sys_errno());
      error.set_hint("a directory above it is closed to this user, or a symbolic link leads in a circle");
      return error;
    }
    return {};  // a program may be executable without being readable
  }
  const struct stat info = COVE_TRY(sys::stat_fd(fd->get()));
  if (!S_ISREG(info.st_mode)) {
    const char* kind = S_ISDIR(info.st_mode) ? "a directory" : "a special file";
    Error error =
        failure(ErrorCode::exec_permission, fmt::format("{} is {}, not a program", path, kind), EACCES);
    error.set_hint("name a program file");
    return error;
  }
  if (sys::mounted_noexec(fd->get())) {
    return failure(ErrorCode::exec_noexec_mount, fmt::format("{} lies on a mount with noexec", path), EACCES);
  }
  if (!sys::may_access(path.c_str(), X_OK)) {
    return failure(ErrorCode::exec_permission, fmt::format("{} is not executable for this user", path),
                   EACCES);
  }
  return check_head(path, parse_program_head(COVE_TRY(sys::read_head(fd->get(), kHeadSize))));
}

Error explain_exec_failure(Error error, const std::string& path) {
  Status diagnosis = diagnose_executable(path);
  if (diagnosis) return error;
  return std::move(diagnosis).error();
}

Result<std::string> find_executable(const std::string& command, const std::vector<std::string>& env) {
  if (command.empty()) {
    return failure(ErrorCode::exec_not_found, "the command is an empty string", ENOENT);
  }
  if (command.find('/') != std::string::npos) return command;
  const std::string_view path = path_variable(env);
  sys::ProgramSearch search = sys::find_program(command, path, sys::PathEntries::all);
  if (!search.path.empty()) return std::move(search.path);
  if (search.seen) {
    return failure(ErrorCode::exec_permission,
                   fmt::format("{} is in PATH, but not executable for this user", command), EACCES);
  }
  return failure(ErrorCode::exec_not_found, fmt::format("{}: no such program in PATH ({})", command, path),
                 ENOENT);
}

}  // namespace cove::launch
