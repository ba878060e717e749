#include "launch/exec_diagnosis.h"

#include <elf.h>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>

#include "sys/file.h"

namespace cove::launch {
namespace {

using testing::HasSubstr;

std::string elf(uint16_t machine, std::string_view interpreter) {
  Elf64_Ehdr header{};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = ELFCLASS64;
  header.e_machine = machine;
  header.e_phoff = sizeof header;
  header.e_phnum = 1;
  Elf64_Phdr segment{};
  segment.p_type = interpreter.empty() ? PT_LOAD : PT_INTERP;
  segment.p_offset = sizeof header + sizeof segment;
  segment.p_filesz = interpreter.size() + 1;
  std::string bytes(reinterpret_cast<const char*>(&header), sizeof header);
  bytes.append(reinterpret_cast<const char*>(&segment), sizeof segment);
  bytes.append(interpreter);
  bytes.push_back('\0');
  return bytes;
}

class Diagnosis : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/cove-diagnosis-XXXXXX";
    directory_ = ::mkdtemp(name);
  }
  void TearDown() override {
    ::unlink(path().c_str());
    ::rmdir(directory_.c_str());
  }
  std::string path() const { return directory_ + "/program"; }
  Error diagnose(std::string_view content, mode_t mode = 0755) {
    const UniqueFd fd = sys::open_path(path().c_str(), O_WRONLY | O_CREAT | O_TRUNC, mode).value();
    EXPECT_TRUE(sys::write_all(fd.get(), content, "program").ok());
    ::fchmod(fd.get(), mode);
    Status status = diagnose_executable(path());
    return status ? Error(ErrorCode::unspecified, "fine") : status.error();
  }
  std::string directory_;
};

TEST_F(Diagnosis, TellsTheReasonsApart) {
  EXPECT_EQ(diagnose("#!/bin/sh\n").code(), ErrorCode::unspecified);
  EXPECT_EQ(diagnose("#!/bin/sh\r\necho\r\n").code(), ErrorCode::exec_crlf_shebang);
  EXPECT_EQ(diagnose("#!/no/such/python -x\n").code(), ErrorCode::exec_interpreter_missing);
  EXPECT_EQ(diagnose("echo hello\n").code(), ErrorCode::exec_bad_format);
  EXPECT_EQ(diagnose("").code(), ErrorCode::exec_bad_format);
  EXPECT_EQ(diagnose(elf(EM_X86_64, "")).code(), ErrorCode::unspecified);
  EXPECT_EQ(diagnose(elf(EM_RISCV, "")).code(), ErrorCode::exec_wrong_architecture);
  EXPECT_EQ(diagnose("#!/bin/sh\n", 0644).code(), ErrorCode::exec_permission);
}

TEST_F(Diagnosis, NamesTheMissingLoader) {
  EXPECT_THAT(diagnose(elf(EM_X86_64, "/lib/ld-musl-x86_64.so.1")).message(),
              HasSubstr("/lib/ld-musl-x86_64.so.1"));
}

TEST(DiagnosisOfPaths, MissingFileAndDirectory) {
  EXPECT_EQ(diagnose_executable("/no/such").error().code(), ErrorCode::exec_not_found);
  EXPECT_EQ(diagnose_executable("/tmp").error().code(), ErrorCode::exec_permission);
}

TEST(DiagnosisOfPaths, SearchesPathAsItIsInside) {
  EXPECT_EQ(find_executable("sh", {"PATH=/nowhere:/bin"}).value(), "/bin/sh");
  EXPECT_EQ(find_executable("sh", {"PATH=/nowhere"}).error().code(), ErrorCode::exec_not_found);
  EXPECT_EQ(find_executable("passwd", {"PATH=/etc"}).error().code(), ErrorCode::exec_permission);
  EXPECT_EQ(find_executable("./x", {}).value(), "./x");
  EXPECT_EQ(find_executable("", {}).error().code(), ErrorCode::exec_not_found);
}

TEST(ProgramHead, HostileHeadersDoNotReachOutside) {
  std::string bytes = elf(EM_X86_64, "/lib/ld.so");
  auto* header = reinterpret_cast<Elf64_Ehdr*>(bytes.data());
  for (const uint64_t offset : {uint64_t{0}, uint64_t{60}, bytes.size(), UINT64_MAX, UINT64_MAX - 10}) {
    header->e_phoff = offset;
    header->e_phnum = 0xffff;
    parse_program_head(bytes);
  }
  for (size_t length = 0; length < bytes.size(); ++length) parse_program_head(bytes.substr(0, length));
  EXPECT_EQ(parse_program_head("#!").kind, ProgramKind::script);
}

}  // namespace
}  // namespace cove::launch
