#include "registry/credentials.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "registry/auth_file.h"
#include "registry/certificates.h"
#include "sys/file.h"

namespace cove::registry {
namespace {

class CredentialsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = ::testing::TempDir() + "credentialsXXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    directory = name;
    variables["PATH"] = directory + ":/usr/bin:/bin";
    variables["HOME"] = directory;
    variables["LD_PRELOAD"] = "/nonexistent.so";
  }
  void TearDown() override { std::filesystem::remove_all(directory); }

  void write(const std::string& name, std::string_view text, mode_t mode = 0600) const {
    std::filesystem::create_directories(std::filesystem::path(directory + "/" + name).parent_path());
    ASSERT_TRUE(sys::replace_file((directory + "/" + name).c_str(), text, mode).ok());
  }
  [[nodiscard]] std::string read(const std::string& name) const {
    return *sys::read_file((directory + "/" + name).c_str());
  }
  [[nodiscard]] Variable variable() const {
    return [this](std::string_view name) -> std::optional<std::string_view> {
      const auto found = variables.find(std::string(name));
      if (found == variables.end()) return std::nullopt;
      return found->second;
    };
  }
  [[nodiscard]] Places places() const { return find_places(variable(), false); }
  [[nodiscard]] std::optional<Credentials> find(const std::string& host,
                                                const std::string& repository = {}) const {
    auto found = find_credentials(places(), variable(), {host, repository});
    EXPECT_TRUE(found.ok()) << (found.ok() ? "" : found.error().message());
    return found.ok() ? *found : std::nullopt;
  }

  std::string directory;
  std::map<std::string, std::string> variables;
};

TEST_F(CredentialsTest, NobodyIsLoggedInWithoutAFile) {
  EXPECT_EQ(find("quay.io"), std::nullopt);
}

TEST_F(CredentialsTest, KeysInAllSpellings) {
  write(".docker/config.json", R"({"auths": {
    "https://index.docker.io/v1/": {"auth": "aHViOjE="},
    "quay.io": {"auth": "cXVheTphOmI="},
    "quay.io/team": {"auth": "dGVhbTox"},
    "https://other.test/v2/": {"username": "u", "password": "p"},
    "token.test": {"auth": "eDo=", "identitytoken": "T"},
    "empty.test": {}
  }})");
  EXPECT_EQ(find("docker.io", "library/debian"), (Credentials{"hub", "1", ""}));
  EXPECT_EQ(find("quay.io", "x/y"), (Credentials{"quay", "a:b", ""}));
  EXPECT_EQ(find("quay.io", "team/app"), (Credentials{"team", "1", ""}));
  EXPECT_EQ(find("other.test"), (Credentials{"u", "p", ""}));
  EXPECT_EQ(find("token.test"), (Credentials{"x", "", "T"}));
  EXPECT_EQ(find("empty.test"), std::nullopt);
  EXPECT_EQ(find("io"), std::nullopt);
}

TEST_F(CredentialsTest, AKeyWithAPathIsNotForTheWholeHost) {
  write(".docker/config.json", R"({"auths": {"quay.io/team": {"auth": "dGVhbTox"}}})");
  EXPECT_EQ(find("quay.io", "others/app"), std::nullopt);
}

TEST_F(CredentialsTest, ErrorsDoNotShowWhatTheFileSays) {
  write(".docker/config.json", R"({"auths": {"quay.io": {"auth": "c2VjcmV0"}}})");
  const auto found = find_credentials(places(), variable(), {"quay.io", ""});
  ASSERT_FALSE(found.ok());
  EXPECT_EQ(found.error().message().find("secret"), std::string::npos);
  EXPECT_EQ(found.error().message().find("c2VjcmV0"), std::string::npos);
}

TEST_F(CredentialsTest, LoginKeepsAllElse) {
  write(".docker/config.json",
        R"({"HttpHeaders": {"x": ["y", 1, null]}, "auths": {"a.test": {"auth": "YTox"}}})");
  const auto kept = store_credentials(places(), variable(), "docker.io", {"me", "pass", ""});
  ASSERT_TRUE(kept.ok());
  EXPECT_EQ(kept->where, directory + "/.docker/config.json");
  EXPECT_EQ(find("docker.io"), (Credentials{"me", "pass", ""}));
  EXPECT_EQ(find("a.test"), (Credentials{"a", "1", ""}));
  EXPECT_NE(read(".docker/config.json").find("HttpHeaders"), std::string::npos);
  EXPECT_EQ(sys::stat_at(AT_FDCWD, kept->where.c_str())->st_mode & 0777U, 0600U);
  EXPECT_TRUE(*erase_credentials(places(), variable(), "docker.io"));
  EXPECT_FALSE(*erase_credentials(places(), variable(), "docker.io"));
  EXPECT_EQ(find("docker.io"), std::nullopt);
  EXPECT_EQ(find("a.test"), (Credentials{"a", "1", ""}));
}

TEST_F(CredentialsTest, ASymbolicLinkStaysOne) {
  write("real.json", "{}");
  variables["REGISTRY_AUTH_FILE"] = directory + "/link.json";
  ASSERT_EQ(::symlink("real.json", (directory + "/link.json").c_str()), 0);
  ASSERT_TRUE(store_credentials(places(), variable(), "a.test", {"u", "p", ""}).ok());
  EXPECT_TRUE(std::filesystem::is_symlink(directory + "/link.json"));
  EXPECT_NE(read("real.json").find("a.test"), std::string::npos);
}

// Keeps one login in a file, and what it was given of an environment.
constexpr std::string_view kHelper = R"sh(#!/bin/sh
cd "${0%/*}"
env >environment
echo "noise" >&2
case $1 in
  store) cat >stored ;;
  get) cat >asked; [ -f stored ] || { echo "credentials not found in native keychain"; exit 1; }; cat stored ;;
  erase) rm -f stored ;;
esac
)sh";

TEST_F(CredentialsTest, HelpersKeepLogins) {
  write("docker-credential-test", kHelper, 0755);
  write(".docker/config.json", R"({"credsStore": "test"})");
  EXPECT_EQ(find("docker.io"), std::nullopt);
  EXPECT_EQ(read("asked"), "https://index.docker.io/v1/");
  const auto kept = store_credentials(places(), variable(), "docker.io", {"me", "secret", ""});
  ASSERT_TRUE(kept.ok()) << kept.error().message();
  EXPECT_EQ(kept->where, "docker-credential-test");
  EXPECT_EQ(find("docker.io"), (Credentials{"me", "secret", ""}));
  EXPECT_EQ(read(".docker/config.json").find("c2VjcmV0"), std::string::npos);
  EXPECT_EQ(read("environment").find("LD_PRELOAD"), std::string::npos);
  EXPECT_NE(read("environment").find("HOME="), std::string::npos);
  EXPECT_TRUE(*erase_credentials(places(), variable(), "docker.io"));
  EXPECT_EQ(find("docker.io"), std::nullopt);
}

TEST_F(CredentialsTest, IdentityTokensOfHelpers) {
  write("docker-credential-test", kHelper, 0755);
  write(".docker/config.json", R"({"credHelpers": {"a.test": "test"}})");
  ASSERT_TRUE(store_credentials(places(), variable(), "a.test", {"", "", "token"}).ok());
  EXPECT_EQ(find("a.test"), (Credentials{"", "", "token"}));
  EXPECT_EQ(find("b.test"), std::nullopt);
}

TEST_F(CredentialsTest, HelpersThatFail) {
  write(".docker/config.json",
        R"({"credHelpers": {"a.test": "absent", "b.test": "../x", "c.test": "bad", "d.test": "odd"}})");
  write("docker-credential-bad", "#!/bin/sh\necho locked; exit 3\n", 0755);
  write("docker-credential-odd", "#!/bin/sh\necho '[1]'\n", 0755);
  const auto refusal = [this](const char* host) {
    const auto found = find_credentials(places(), variable(), {host, ""});
    return found.ok() ? std::string("found") : found.error().message();
  };
  EXPECT_NE(refusal("a.test").find("docker-credential-absent is in no directory of PATH"), std::string::npos);
  EXPECT_NE(refusal("b.test").find("is no name"), std::string::npos);
  EXPECT_NE(refusal("c.test").find("'locked'"), std::string::npos);
  EXPECT_NE(refusal("d.test").find("not of the form"), std::string::npos);
}

TEST_F(CredentialsTest, CertificatesOfAHost) {
  const std::vector<std::string> directories{directory + "/user", directory + "/machine"};
  EXPECT_TRUE(find_certificates(directories, "a.test:5000")->empty());
  write("machine/a.test:5000/ca.crt", "ONE");
  write("machine/a.test:5000/second.crt", "TWO");
  write("machine/a.test:5000/me.cert", "C");
  auto found = find_certificates(directories, "a.test:5000");
  ASSERT_FALSE(found.ok());
  EXPECT_NE(found.error().message().find("has no key me.key"), std::string::npos);
  write("machine/a.test:5000/me.key", "K");
  found = find_certificates(directories, "a.test:5000");
  ASSERT_TRUE(found.ok());
  EXPECT_EQ(found->authorities, "ONE\nTWO\n");
  EXPECT_EQ(found->client_certificate, directory + "/machine/a.test:5000/me.cert");
  EXPECT_EQ(found->client_key, directory + "/machine/a.test:5000/me.key");
  std::filesystem::create_directories(directory + "/user/a.test:5000");
  EXPECT_TRUE(find_certificates(directories, "a.test:5000")->empty());
}

TEST_F(CredentialsTest, RegistriesConfOfTheUser) {
  variables["CONTAINERS_REGISTRIES_CONF"] = directory + "/conf";
  EXPECT_TRUE(load_registries(places())->search.empty());
  write("conf", "unqualified-search-registries = ['a.test']\n");
  EXPECT_EQ(load_registries(places())->search, std::vector<std::string>{"a.test"});
  Places several;
  several.registries = {directory + "/conf", directory + "/conf.d"};
  write("conf.d/2.conf", "unqualified-search-registries = ['c.test']\n");
  write("conf.d/1.conf", "unqualified-search-registries = ['b.test']\n");
  write("conf.d/readme", "not toml\n");
  EXPECT_EQ(load_registries(several)->search, std::vector<std::string>{"c.test"});
  write("conf.d/3.conf", "x = \n");
  EXPECT_FALSE(load_registries(several).ok());
}

}  // namespace
}  // namespace cove::registry
