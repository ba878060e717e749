#include "cli/mount_values.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/containers/volume_values.h"
#include "cli/test_text.h"

namespace cove::cli {
namespace {

using sandbox::MountRequest;
using testing::HasSubstr;
using Propagation = MountRequest::Propagation;
using Type = MountRequest::Type;

class MountValuesTest : public testing::Test {
 protected:
  MountRequest volume(std::string_view text) { return take(parse_volume(text, caller_), text); }
  MountRequest mount(std::string_view text) { return take(parse_mount(text, caller_), text); }
  std::string volume_failure(std::string_view text) { return failure(parse_volume(text, caller_)); }
  std::string mount_failure(std::string_view text) { return failure(parse_mount(text, caller_)); }

  static MountRequest take(Result<MountRequest> result, std::string_view text) {
    EXPECT_EQ(failure(result), "(no error)") << text;
    return result.ok() ? *result : MountRequest{};
  }

  Caller caller_{nullptr, "/work"};
};

TEST_F(MountValuesTest, AVolumeHasASourceATargetAndOptions) {
  const MountRequest plain = volume("/srv/a:/a");
  EXPECT_EQ(plain.type, Type::bind);
  EXPECT_EQ(plain.source, "/srv/a");
  EXPECT_EQ(plain.target, "/a");
  EXPECT_FALSE(plain.read_only);
  EXPECT_TRUE(plain.recursive);
  EXPECT_EQ(plain.propagation, Propagation::rprivate);
  EXPECT_FALSE(plain.nosuid.has_value());

  const MountRequest full = volume("./a:/a:ro,rslave,nosuid,nodev,exec,bind,z,idmap");
  EXPECT_EQ(full.source, "/work/a");
  EXPECT_TRUE(full.read_only);
  EXPECT_EQ(full.propagation, Propagation::rslave);
  EXPECT_EQ(full.nosuid, true);
  EXPECT_EQ(full.nodev, true);
  EXPECT_EQ(full.noexec, false);
  EXPECT_FALSE(full.recursive);
  EXPECT_TRUE(full.relabel);
  EXPECT_TRUE(full.idmap);
}

TEST_F(MountValuesTest, EachWordOfAVolumeSetsItsField) {
  EXPECT_FALSE(volume("/a:/a:rw").read_only);
  EXPECT_EQ(volume("/a:/a:suid").nosuid, false);
  EXPECT_EQ(volume("/a:/a:dev").nodev, false);
  EXPECT_EQ(volume("/a:/a:noexec").noexec, true);
  EXPECT_TRUE(volume("/a:/a:rbind").recursive);
  EXPECT_TRUE(volume("/a:/a:Z").relabel);
  EXPECT_EQ(volume("/a:/a:private").propagation, Propagation::private_);
  EXPECT_EQ(volume("/a:/a:slave").propagation, Propagation::slave);
  EXPECT_EQ(volume("/a:/a:shared").propagation, Propagation::shared);
  EXPECT_EQ(volume("/a:/a:rshared").propagation, Propagation::rshared);
  EXPECT_EQ(volume("/a:/a:rprivate").propagation, Propagation::rprivate);
}

TEST_F(MountValuesTest, HostPathsAreToldFromVolumeNames) {
  EXPECT_EQ(volume("../a:/a").source, "/work/../a");
  EXPECT_EQ(volume("a/b:/a").source, "/work/a/b");
  EXPECT_EQ(volume(".:/a").source, "/work");
  EXPECT_FALSE(parse_volume_use("../a:/a")->has_value());
  EXPECT_FALSE(parse_volume_use("a/b:/a")->has_value());
  EXPECT_FALSE(parse_volume_use(".:/a")->has_value());
}

TEST_F(MountValuesTest, ABareNameIsAVolume) {
  const auto parsed = parse_volume_use("data:/a/./b:ro,nocopy");
  ASSERT_TRUE(parsed.ok() && parsed->has_value());
  const engine::VolumeUse* use = &**parsed;
  EXPECT_EQ(use->name, "data");
  EXPECT_EQ(use->target, "/a/b");
  EXPECT_TRUE(use->read_only);
  EXPECT_TRUE(use->no_copy);
  EXPECT_FALSE(use->anonymous);
  const auto anonymous = parse_volume_use("/a");
  ASSERT_TRUE(anonymous.ok() && anonymous->has_value());
  EXPECT_TRUE((*anonymous)->anonymous);
  EXPECT_EQ((*anonymous)->target, "/a");
  EXPECT_EQ(failure(parse_volume_use("d:/a")), "'d' is no name of a volume");
  EXPECT_EQ(failure(parse_volume_use("data:a")), "the target: not an absolute path");
  EXPECT_EQ(failure(parse_volume_use("data:/a:rslave")), "'rslave' is not an option of a volume");
  EXPECT_EQ(failure(parse_volume_use("data:/a:ro,rw")), "ro and rw exclude each other");
  EXPECT_EQ(failure(parse_volume_use("data:/a:ro:x")), "has more than three parts");
  EXPECT_EQ(failure(parse_volume_use("data")), "not an absolute path");
}

TEST_F(MountValuesTest, VolumesComeFromAContainer) {
  EXPECT_EQ(parse_volumes_from("web")->container, "web");
  EXPECT_FALSE(parse_volumes_from("web:rw")->read_only);
  EXPECT_TRUE(parse_volumes_from("web:ro")->read_only);
  EXPECT_EQ(failure(parse_volumes_from(":ro")), "not of the form CONTAINER[:ro|:rw]");
  EXPECT_EQ(failure(parse_volumes_from("web:z")), "not of the form CONTAINER[:ro|:rw]");
}

TEST_F(MountValuesTest, AMountMayBeAVolume) {
  EXPECT_FALSE(parse_volume_mount("type=bind,src=/a,dst=/b")->has_value());
  const auto parsed = parse_volume_mount("type=volume,src=data,dst=/a,readonly,volume-nocopy=true");
  ASSERT_TRUE(parsed.ok() && parsed->has_value());
  const engine::VolumeUse* use = &**parsed;
  EXPECT_EQ(use->name, "data");
  EXPECT_EQ(use->target, "/a");
  EXPECT_TRUE(use->read_only && use->no_copy && !use->anonymous);
  EXPECT_TRUE((*parse_volume_mount("type=volume,destination=/a"))->anonymous);
  EXPECT_EQ(failure(parse_volume_mount("type=volume,src=data")), "has no target");
  EXPECT_EQ(failure(parse_volume_mount("type=volume,src=/data,dst=/a")),
            "src: '/data' is no name of a volume");
  EXPECT_EQ(failure(parse_volume_mount("type=volume,dst=/a,tmpfs-size=1")),
            "'tmpfs-size' is not a key of a volume");
  EXPECT_EQ(failure(parse_volume_mount("type=volume,dst=/a,ro=maybe")), "ro: neither true nor false");
}

TEST_F(MountValuesTest, FaultyVolumesAreRefused) {
  EXPECT_EQ(volume_failure("/a"), "has no target");
  EXPECT_EQ(volume_failure("/a:/b:ro:/c"), "has more than three parts");
  EXPECT_EQ(volume_failure(":/b"), "the host path is empty");
  EXPECT_EQ(volume_failure("/a:b"), "the target: not an absolute path");
  EXPECT_EQ(volume_failure("/a:"), "the target: the path is empty");
  EXPECT_EQ(volume_failure("/a:/"), "the target: nothing can be mounted on / itself");
  EXPECT_EQ(volume_failure("/a:/b:"), "'' is not an option of a mount");
  EXPECT_EQ(volume_failure("/a:/b:nocopy"), "'nocopy' is not an option of a mount");
  EXPECT_EQ(volume_failure("/a:/b:ro,rw"), "'rw' repeats or contradicts an option before it");
  EXPECT_EQ(volume_failure("/a:/b:slave,rshared"), "'rshared' repeats or contradicts an option before it");
  EXPECT_THAT(hint(parse_volume("/a:/b:x", caller_)), HasSubstr("rslave"));
}

TEST_F(MountValuesTest, ATmpfsHasSizeAndMode) {
  const auto tmpfs = parse_tmpfs("/scratch:size=64m,mode=1777,noexec,ro");
  ASSERT_EQ(failure(tmpfs), "(no error)");
  EXPECT_EQ(tmpfs->type, Type::tmpfs);
  EXPECT_EQ(tmpfs->target, "/scratch");
  EXPECT_EQ(tmpfs->size_bytes, 64U << 20);
  EXPECT_EQ(tmpfs->mode, 01777U);
  EXPECT_EQ(tmpfs->noexec, true);
  EXPECT_TRUE(tmpfs->read_only);
  EXPECT_EQ(failure(parse_tmpfs("scratch")), "the target: not an absolute path");
  EXPECT_EQ(failure(parse_tmpfs("/s:size=0")), "size: must be more than 0 bytes");
  EXPECT_EQ(failure(parse_tmpfs("/s:mode=8")), "mode: not a mode");
  EXPECT_EQ(failure(parse_tmpfs("/s:mode=17777")), "mode: not a mode");
  EXPECT_EQ(failure(parse_tmpfs("/s:rslave")), "'rslave' is not an option of a tmpfs, or is given twice");
  EXPECT_EQ(failure(parse_tmpfs("/s:size=1m,size=2m")),
            "'size=2m' is not an option of a tmpfs, or is given twice");
}

TEST_F(MountValuesTest, MountHasDockersKeys) {
  const MountRequest bind =
      mount("type=bind,source=/srv,target=/data,readonly,bind-propagation=rslave,nosuid");
  EXPECT_EQ(bind.type, Type::bind);
  EXPECT_EQ(bind.source, "/srv");
  EXPECT_EQ(bind.target, "/data");
  EXPECT_TRUE(bind.read_only);
  EXPECT_EQ(bind.propagation, Propagation::rslave);
  EXPECT_EQ(bind.nosuid, true);
  const MountRequest other =
      mount("dst=/data,src=data,type=bind,ro=false,bind-nonrecursive,relabel=shared,idmap");
  EXPECT_EQ(other.source, "/work/data");
  EXPECT_FALSE(other.read_only);
  EXPECT_FALSE(other.recursive);
  EXPECT_TRUE(other.relabel);
  EXPECT_TRUE(other.idmap);
  EXPECT_TRUE(mount("type=bind,src=/a,destination=/b,bind-recursive=enabled").recursive);
  EXPECT_FALSE(mount("type=bind,src=/a,destination=/b,bind-recursive=disabled").recursive);
}

TEST_F(MountValuesTest, EachTypeHasItsKeys) {
  const MountRequest tmpfs = mount("type=tmpfs,dst=/t,tmpfs-size=1m,tmpfs-mode=0700,noexec");
  EXPECT_EQ(tmpfs.type, Type::tmpfs);
  EXPECT_EQ(tmpfs.size_bytes, 1U << 20);
  EXPECT_EQ(tmpfs.mode, 0700U);
  const MountRequest overlay = mount("type=overlay,lower=/l,upper=u,work=/w,dst=/o");
  EXPECT_EQ(overlay.type, Type::overlay);
  EXPECT_EQ(overlay.source, "/l");
  EXPECT_EQ(overlay.upper, "/work/u");
  EXPECT_EQ(overlay.work, "/w");
  EXPECT_EQ(mount("type=proc,dst=/p").type, Type::proc);
  EXPECT_EQ(mount("type=sysfs,dst=/p").type, Type::sysfs);
  EXPECT_EQ(mount("type=devpts,dst=/p").type, Type::devpts);
  EXPECT_EQ(mount("type=mqueue,dst=/p").type, Type::mqueue);
  EXPECT_EQ(mount("type=cgroup,dst=/p,ro").type, Type::cgroup);
  EXPECT_EQ(mount_failure("type=tmpfs,src=/a,dst=/t"), "'src' is not a key of this type of mount");
  EXPECT_EQ(mount_failure("type=bind,src=/a,dst=/t,tmpfs-size=1m"),
            "'tmpfs-size' is not a key of this type of mount");
  EXPECT_EQ(mount_failure("type=proc,dst=/t,rslave"), "'rslave' is not a key of this type of mount");
  EXPECT_EQ(mount_failure("type=bind,src=/a,dst=/t,bogus=1"), "'bogus' is not a key of this type of mount");
}

TEST_F(MountValuesTest, AFieldInQuotationMarksMayHoldCommas) {
  EXPECT_EQ(mount(R"(type=bind,"src=/a,b",dst=/c)").source, "/a,b");
  EXPECT_EQ(mount(R"(type=bind,"src=/a""b",dst=/c)").source, "/a\"b");
  EXPECT_EQ(mount(R"(type=bind,src=/a"b,dst=/c)").source, "/a\"b");
  EXPECT_EQ(mount_failure(R"(type=bind,"src=/a,dst=/c)"), "a quotation mark is not closed");
  EXPECT_EQ(mount_failure(R"("type=bind"x,src=/a,dst=/c)"), "text follows a closing quotation mark");
}

TEST_F(MountValuesTest, FaultyMountsAreRefused) {
  EXPECT_EQ(mount_failure("src=/a,dst=/b"), "has no type");
  EXPECT_EQ(mount_failure("type=bind,type=tmpfs,dst=/b"), "has two types");
  EXPECT_EQ(mount_failure("type=image,src=a,dst=/b"), "type 'image' is not available in this version");
  EXPECT_EQ(mount_failure("type=nfs,dst=/b"), "type 'nfs' is unknown");
  EXPECT_EQ(mount_failure("type=bind,dst=/b"), "has no source");
  EXPECT_EQ(mount_failure("type=bind,src=/a"), "has no target");
  EXPECT_EQ(mount_failure("type=bind,src=,dst=/b"), "src: has no value");
  EXPECT_EQ(mount_failure("type=bind,src=/a,src=/b,dst=/b"), "src: is given twice");
  EXPECT_EQ(mount_failure("type=bind,src=/a,dst=/b,target=/c"), "target: the target is given twice");
  EXPECT_EQ(mount_failure("type=bind,src=/a,dst=/b,ro=maybe"), "ro: neither true nor false");
  EXPECT_EQ(mount_failure("type=bind,src=/a,dst=/b,ro,readonly=false"),
            "readonly: 'rw' repeats or contradicts an option before it");
  EXPECT_EQ(mount_failure("type=bind,src=/a,dst=/b,bind-propagation=ro"),
            "bind-propagation: 'ro' is no propagation");
  EXPECT_EQ(mount_failure("type=overlay,lower=/a,dst=/b,work=/w"), "work is given without upper");
  EXPECT_EQ(mount_failure("type=tmpfs,dst=/b,tmpfs-size=x"), "tmpfs-size: not a size (not a number)");
  EXPECT_EQ(mount_failure("type=bind,,src=/a,dst=/b"), "'' is not a key of this type of mount");
}

TEST_F(MountValuesTest, ADeviceHasAnAccess) {
  const auto plain = parse_device("/dev/fuse", caller_);
  ASSERT_EQ(failure(plain), "(no error)");
  EXPECT_EQ(plain->source, "/dev/fuse");
  EXPECT_EQ(plain->target, "/dev/fuse");
  EXPECT_EQ(plain->access, "rwm");
  EXPECT_EQ(parse_device("/dev/fuse:r", caller_)->access, "r");
  EXPECT_EQ(parse_device("/dev/fuse:r", caller_)->target, "/dev/fuse");
  EXPECT_EQ(parse_device("/dev/fuse:/dev/f:mr", caller_)->target, "/dev/f");
  EXPECT_EQ(parse_device("/dev/fuse:/dev/f:mr", caller_)->access, "mr");
  EXPECT_EQ(failure(parse_device("/dev/fuse:/dev/f:rr", caller_)), "'rr' is no access");
  EXPECT_EQ(failure(parse_device("/dev/fuse:/dev/f:x", caller_)), "'x' is no access");
  EXPECT_EQ(failure(parse_device("fuse", caller_)), "not the path of a device");
  EXPECT_EQ(failure(parse_device("/dev/fuse:f", caller_)), "the target: not an absolute path");
  EXPECT_EQ(failure(parse_device("/a:/b:r:w", caller_)), "has more than three parts");
}

}  // namespace
}  // namespace cove::cli
