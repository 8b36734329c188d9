#include "cli/config/check_settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <unistd.h>

namespace reel::cli {
namespace {

class checker {
public:
  checker(loaded_settings& loaded, setting_faults& faults) : loaded_{&loaded}, faults_{&faults} {}

  void run() {
    check_name();
    auto& s = loaded_->values;
    if (s.embedded.directory.empty())
      s.embedded.directory = s.data;
    check_urls();
    check_prefix();
    if (s.nats.replicas % 2 == 0)
      fault("log.replicas", fmt::format("expected 1, 3 or 5, found {}", s.nats.replicas));
    check_hosted();
    check_tls();
    check_credentials();
  }

private:
  [[nodiscard]] const setting_entry& entry(std::string_view key) const {
    return *std::find_if(loaded_->entries.begin(), loaded_->entries.end(),
                         [key](const auto& e) { return e.key == key; });
  }
  [[nodiscard]] bool given(std::string_view key) const {
    return !entry(key).value.text.empty();
  }
  void fault(std::string_view key, const std::string& what) {
    faults_->push_back(fmt::format("{}: {}: {}", entry(key).from, key, what));
  }

  void check_name() {
    auto& name = loaded_->values.node_name;
    if (name.empty()) {
      char host[256] = {};
      gethostname(host, sizeof(host) - 1);
      name = host;
    }
    const value_rule rule{.kind = setting_kind::name};
    if (const auto good = understand(rule, name); !good)
      fault("node.name", good.error());
  }

  void check_hosted() {
    if (loaded_->values.transport != log_transport::embedded)
      return;
    for (const auto& e : loaded_->entries)
      if (e.what->key == "services.*.hosted" && e.value.number == 0)
        fault(e.key, "with the embedded log there is one node, so it must run every service; expected true, or "
                     "log.transport = \"nats\"");
  }

  void check_urls() {
    for (const auto& url : entry("log.urls").value.items) {
      const auto scheme = url.find("://");
      const auto rest = scheme == std::string::npos ? std::string{} : url.substr(scheme + 3);
      if ((!url.starts_with("nats://") && !url.starts_with("tls://")) || rest.empty() ||
          rest.find('/') != std::string::npos)
        fault("log.urls", "expected URLs such as \"nats://127.0.0.1:4222\" or \"tls://broker:4222\", found " +
                              toml_text({.kind = setting_kind::list}, {.items = {url}}));
    }
  }

  void check_prefix() {
    const auto& prefix = loaded_->values.nats.prefix;
    if (!std::all_of(prefix.begin(), prefix.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }))
      fault("log.prefix", fmt::format("expected small letters and digits, found the text \"{}\"", prefix));
  }

  void check_file(std::string_view key) {
    if (!given(key) || access(entry(key).value.text.c_str(), R_OK) == 0)
      return;
    fault(key,
          fmt::format("expected a file that can be read, found {}: {}", entry(key).value.text, std::strerror(errno)));
  }

  void check_tls() {
    for (const auto* key : {"log.tls.authority", "log.tls.certificate", "log.tls.key", "log.credentials.file"})
      check_file(key);
    if (given("log.tls.certificate") && !given("log.tls.key"))
      fault("log.tls.certificate", "expected log.tls.key beside it");
    if (given("log.tls.key") && !given("log.tls.certificate"))
      fault("log.tls.key", "expected log.tls.certificate beside it");
  }

  void check_credentials() {
    const bool user = given("log.credentials.user");
    const bool token = given("log.credentials.token");
    const bool file = given("log.credentials.file");
    if (given("log.credentials.password") != user)
      fault(user ? "log.credentials.user" : "log.credentials.password",
            user ? "expected log.credentials.password beside it" : "expected log.credentials.user beside it");
    if (static_cast<int>(user) + static_cast<int>(token) + static_cast<int>(file) > 1)
      fault(file ? "log.credentials.file" : "log.credentials.token",
            "expected one of user with password, token and file, found several");
  }

  loaded_settings* loaded_;
  setting_faults* faults_;
};

} // namespace

void check_settings(loaded_settings& loaded, setting_faults& faults) {
  checker{loaded, faults}.run();
}

} // namespace reel::cli
