#include "cli/config/load_settings.hpp"
#include "cli/config/toml_file.hpp"

#include <doctest/doctest.h>

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

using namespace reel;
using namespace reel::cli;

namespace {

/// A file with this content, as long as the test runs.
class config_file {
public:
  explicit config_file(const std::string& content) {
    auto name = (std::filesystem::temp_directory_path() / "reel-config-XXXXXX").string();
    folder_ = mkdtemp(name.data());
    std::ofstream(path()) << content;
  }
  ~config_file() {
    std::filesystem::remove_all(folder_);
  }
  config_file(const config_file&) = delete;
  config_file& operator=(const config_file&) = delete;

  [[nodiscard]] std::string path() const {
    return (folder_ / "node.toml").string();
  }
  [[nodiscard]] std::string at(const char* place) const {
    return path() + ":" + place;
  }

private:
  std::filesystem::path folder_;
};

const setting_names names{{"payment", "ship-ping"}, {"orders", "sagas"}};

loaded_settings load(settings_request request) {
  auto loaded = load_settings(request, names);
  if (!loaded)
    for (const auto& fault : loaded.error())
      MESSAGE(fault);
  REQUIRE(loaded);
  return *loaded;
}

setting_faults faults_of(settings_request request) {
  const auto loaded = load_settings(request, names);
  REQUIRE_FALSE(loaded);
  return loaded.error();
}

const setting_entry& entry(const loaded_settings& loaded, std::string_view key) {
  const auto found =
      std::find_if(loaded.entries.begin(), loaded.entries.end(), [key](const auto& e) { return e.key == key; });
  REQUIRE(found != loaded.entries.end());
  return *found;
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("every default is a value that its setting takes, and is that of the code") {
  for (const auto& s : setting_table())
    if (!s.has_star())
      CHECK_MESSAGE(understand_text(s.rule, s.fallback).has_value(), s.key);
  const auto loaded = load({});
  CHECK(loaded.values.limits.frame_bytes_max == runtime::limits{}.frame_bytes_max);
  CHECK(loaded.values.limits.lane_credit == runtime::limits{}.lane_credit);
  CHECK(loaded.values.limits.snapshot_frames == runtime::limits{}.snapshot_frames);
  CHECK(loaded.values.nats.append_timeout == transport::nats_options{}.append_timeout);
  CHECK(loaded.values.nats.start_wait == transport::nats_options{}.start_wait);
  CHECK(loaded.values.nats.urls == transport::nats_options{}.urls);
  CHECK(loaded.values.nats.stream_bytes_max == -1);
  CHECK(loaded.values.embedded.directory == "data");
  CHECK(loaded.values.lease == std::chrono::seconds(3));
  CHECK(loaded.values.partitions_of("payment") == 2);
  CHECK(loaded.values.hosts("payment"));
  CHECK(loaded.values.keeps("orders"));
  CHECK_FALSE(loaded.values.node_name.empty());
}

TEST_CASE("the table names each key once, and has a section for each") {
  for (const auto& s : setting_table()) {
    CHECK(std::count_if(setting_table().begin(), setting_table().end(),
                        [&](const auto& other) { return other.key == s.key; }) == 1);
    CHECK_MESSAGE(std::any_of(setting_sections().begin(), setting_sections().end(),
                              [&](const auto& section) { return section.key == section_of(s.key); }),
                  s.key);
  }
}

TEST_CASE("a file sets what it names; paths are relative to it") {
  const config_file file(R"(
[node]
name = "node-a"
data = "here/../there"
[log]
transport = "nats"
urls = ["nats://a:1", "tls://b:2"]
replicas = 3
stream_bytes_max = "10GiB"
append_timeout = "250ms"
[services.payment]
partitions = 7
hosted = false
[services."ship-ping"]
partitions = 1
[views.orders]
hosted = false
[limits]
frame_bytes_max = 65_536
)");
  const auto loaded = load({file.path(), {}, {}});
  const auto& s = loaded.values;
  CHECK(s.node_name == "node-a");
  CHECK(s.data == std::filesystem::path{file.path()}.parent_path() / "there");
  CHECK(s.transport == log_transport::nats);
  CHECK(s.nats.urls == "nats://a:1,tls://b:2");
  CHECK(s.nats.replicas == 3);
  CHECK(s.nats.stream_bytes_max == 10LL << 30);
  CHECK(s.nats.append_timeout == std::chrono::milliseconds(250));
  CHECK(s.partitions_of("payment") == 7);
  CHECK_FALSE(s.hosts("payment"));
  CHECK(s.partitions_of("ship-ping") == 1);
  CHECK(s.hosts("ship-ping"));
  CHECK_FALSE(s.keeps("orders"));
  CHECK(s.limits.frame_bytes_max == 65536);
  CHECK(entry(loaded, "log.replicas").from == file.at("8:12"));
}

TEST_CASE("later places win, and each value tells where it came from") {
  const config_file file("[log]\nprefix = \"one\"\nreplicas = 1\n[limits]\nlane_credit = 100\n");
  const auto loaded = load({file.path(),
                            {"limits.lane_credit=300", "limits.lane_credit=400"},
                            {{"REEL_LOG__PREFIX", "two"},
                             {"REEL_LIMITS__LANE_CREDIT", "200"},
                             {"REEL_SERVICES__SHIP_PING__HOSTED", "true"},
                             {"REEL_SOMETHING_ELSE", "ours not"},
                             {"PATH", "/bin"}}});
  CHECK(loaded.values.nats.prefix == "two");
  CHECK(entry(loaded, "log.prefix").from == "environment REEL_LOG__PREFIX");
  CHECK(loaded.values.limits.lane_credit == 400);
  CHECK(entry(loaded, "limits.lane_credit").from == "--set");
  CHECK(entry(loaded, "log.replicas").from == file.at("3:12"));
  CHECK(entry(loaded, "log.durability").from == "default");
  CHECK(entry(loaded, "services.ship-ping.hosted").from == "environment REEL_SERVICES__SHIP_PING__HOSTED");
}

TEST_CASE("all faults of a file are told, in its order, with place, key and what was expected") {
  const config_file file(R"([node]
nam = "x"
name = 7
[log]
transport = "natz"
urls = [1]
replicas = 9
[services.paymnt]
partitions = 2
[services.payment]
hosted = "yes"
[logging]
level = 1999-01-01
[cluster]
lease = 3
[loging]
)");
  const auto faults = faults_of({file.path(), {}, {}});
  const std::vector<std::string> expected{
      file.at("2:1: there is no setting node.nam; did you mean node.name?"),
      file.at("3:8: node.name: expected a text, found the number 7"),
      file.at("5:13: log.transport: expected \"embedded\" or \"nats\", found the text \"natz\""),
      file.at("6:8: log.urls: expected a list of texts that is not empty, found an array of other things than texts"),
      file.at("7:12: log.replicas: expected a whole number from 1 to 5, found the number 9"),
      file.at("9:1: services.paymnt.partitions: there is no service paymnt; did you mean payment? There are: payment, "
              "ship-ping"),
      file.at("11:10: services.payment.hosted: expected true or false, found the text \"yes\""),
      file.at("13:9: logging.level: expected \"trace\", \"debug\", \"info\", \"warn\", \"error\", \"critical\" or "
              "\"off\", found a date or time"),
      file.at("15:9: cluster.lease: expected a duration (such as \"3s\" or \"250ms\") from 500ms to 10m, found the "
              "number 3"),
      file.at("16:2: there is no setting loging; did you mean logging?"),
  };
  CHECK(faults == expected);
}

TEST_CASE("what is no TOML, and what is no file, is said with its place") {
  const config_file file("[log]\nprefix = \n");
  auto faults = faults_of({file.path(), {}, {}});
  REQUIRE(faults.size() == 1);
  CHECK(contains(faults[0], file.at("2:")));
  CHECK(contains(faults[0], "no valid TOML"));
  const config_file twice("[log]\nprefix = \"a\"\nprefix = \"b\"\n");
  CHECK(contains(faults_of({twice.path(), {}, {}})[0], twice.at("3:")));
  faults = faults_of({"no-such-file.toml", {}, {}});
  REQUIRE(faults.size() == 1);
  CHECK(contains(faults[0], "no-such-file.toml: cannot be read: "));
}

TEST_CASE("wrong variables and assignments name the nearest that exist") {
  const auto faults = faults_of({"",
                                 {"log.replica=3", "log.replicas", "log.replicas=three", "log=nats"},
                                 {{"REEL_LOG__URL", "x"}, {"REEL_LOG_PREFIX", "x"}, {"REEL_CLUSTER__LEASE", "soon"}}});
  const std::vector<std::string> expected{
      "environment REEL_LOG__URL: there is no such setting; did you mean REEL_LOG__URLS?",
      "environment REEL_LOG_PREFIX: there is no such setting; did you mean REEL_LOG__PREFIX?",
      "environment REEL_CLUSTER__LEASE: cluster.lease: expected a duration (such as \"3s\" or \"250ms\") from 500ms to "
      "10m, found the text \"soon\"",
      "--set: there is no setting log.replica; did you mean log.replicas?",
      "--set log.replicas: expected KEY=VALUE, such as --set log.replicas=3",
      "--set: log.replicas: expected a whole number from 1 to 5, found the text \"three\"",
      "--set: log is a section: expected [log] with keys below it",
  };
  CHECK(faults == expected);
}

TEST_CASE("values that do not go together are refused where they stand") {
  const auto fault = [](std::vector<std::string> assignments) {
    const auto faults = faults_of({"", std::move(assignments), {}});
    REQUIRE(faults.size() == 1);
    return faults[0];
  };
  CHECK(fault({"log.replicas=2"}) == "--set: log.replicas: expected 1, 3 or 5, found 2");
  CHECK(contains(fault({"log.urls=localhost:4222"}), "expected URLs such as"));
  CHECK(contains(fault({"log.prefix=My-Shop"}), "expected small letters and digits"));
  CHECK(contains(fault({"log.tls.authority=/no/such/file"}), "/no/such/file: No such file"));
  CHECK(contains(fault({"log.tls.certificate=/dev/null"}), "expected log.tls.key beside it"));
  CHECK(contains(fault({"log.credentials.user=u"}), "expected log.credentials.password beside it"));
  CHECK(contains(fault({"log.credentials.user=u", "log.credentials.password=p", "log.credentials.token=t"}),
                 "found several"));
  CHECK(contains(fault({"services.payment.hosted=false"}), "there is one node"));
  CHECK(contains(fault({"node.name=a b"}), "node.name: expected a name"));
  load({"", {"services.payment.hosted=false", "log.transport=nats"}, {}});
}

TEST_CASE("what is printed can be loaded again, and shows no secret") {
  const auto loaded = load({"",
                            {"log.credentials.user=u", "log.credentials.password=geheim", "log.prefix=two",
                             "log.urls=nats://me:verborgen@a:1, nats://b:2", "services.payment.partitions=9",
                             "cluster.lease=1500ms", "limits.frame_bytes_max=5000"},
                            {}});
  const auto text = settings_text(loaded);
  CHECK_FALSE(contains(text, "geheim"));
  CHECK_FALSE(contains(text, "verborgen"));
  CHECK(contains(text, "prefix = \"two\""));
  CHECK(contains(text, "# --set"));
  const config_file file(text);
  const auto again = load({file.path(), {}, {}});
  CHECK(again.values.nats.prefix == "two");
  CHECK(again.values.nats.urls == "nats://a:1,nats://b:2");
  CHECK(again.values.partitions_of("payment") == 9);
  CHECK(again.values.lease == std::chrono::milliseconds(1500));
  CHECK(again.values.limits.frame_bytes_max == 5000);
}

TEST_CASE("the reference has every setting") {
  const auto text = settings_reference();
  for (const auto& s : setting_table())
    CHECK_MESSAGE(contains(text, s.doc), s.key);
}

TEST_CASE("sizes and durations are shown in the largest unit that is exact") {
  CHECK(bytes_text(0) == "0B");
  CHECK(bytes_text(1536) == "1536B");
  CHECK(bytes_text(262144) == "256KiB");
  CHECK(duration_text(0) == "0ms");
  CHECK(duration_text(90'000) == "90s");
  CHECK(duration_text(120'000) == "2m");
  const value_rule size{.kind = setting_kind::bytes};
  CHECK(understand_text(size, "10MB")->number == 10'000'000);
  CHECK(understand_text(size, "10 MiB")->number == 10 << 20);
  CHECK_FALSE(understand_text(size, "9223372036854775807KiB"));
  CHECK_FALSE(understand_text(size, "-1"));
}
