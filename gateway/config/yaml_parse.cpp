#include <fstream>
#include <sstream>
#include <system_error>
#include <unordered_set>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include "fhir/base/utf8.hpp"
#include "gateway/config/yaml.hpp"

namespace gateway::config {

namespace {

using fhir::IssueList;
using fhir::IssueType;
using fhir::Severity;
using fhir::SourcePosition;

SourcePosition place_of(const YAML::Mark& mark) {
  if (mark.is_null()) return {};
  return {static_cast<std::size_t>(mark.pos), static_cast<std::uint32_t>(mark.line) + 1,
          static_cast<std::uint32_t>(mark.column) + 1};
}

/// Thrown through the parser to end reading; never leaves parse_yaml.
struct Stop {
  SourcePosition place;
  std::string text;
};

/// Builds our nodes from the events of the parser: its own node model drops all but the last of equal keys.
class NodeBuilder final : public YAML::EventHandler {
 public:
  NodeBuilder(const YamlLimits& limits, std::vector<Stop>& complaints)
      : limits_(limits), complaints_(complaints) {}

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    refuse_anchor(mark, anchor);
    leaf(mark, YamlKind::kNull, {});
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    throw Stop{place_of(mark), "aliases are not offered: write the value again"};
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    refuse_anchor(mark, anchor);
    refuse_tag(mark, tag);
    leaf(mark, YamlKind::kScalar, value);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    refuse_anchor(mark, anchor);
    refuse_tag(mark, tag);
    open(mark, YamlKind::kList);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    refuse_anchor(mark, anchor);
    refuse_tag(mark, tag);
    open(mark, YamlKind::kMap);
  }
  void OnMapEnd() override { close(); }

  [[nodiscard]] YamlNode take_root() { return std::move(root_); }

 private:
  struct Frame {
    YamlNode node;
    bool has_key = false;
    std::string key;
    SourcePosition key_place;
    std::unordered_set<std::string> keys;
  };

  static void refuse_anchor(const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (anchor != YAML::NullAnchor)
      throw Stop{place_of(mark), "anchors are not offered: write the value again"};
  }
  static void refuse_tag(const YAML::Mark& mark, const std::string& tag) {
    if (tag != "?" && tag != "!" && !tag.empty()) throw Stop{place_of(mark), "tags are not offered"};
  }
  void count(const YAML::Mark& mark) {
    if (++nodes_ > limits_.max_nodes) {
      throw Stop{place_of(mark), "more than " + std::to_string(limits_.max_nodes) + " values"};
    }
  }
  [[nodiscard]] bool at_key() const {
    return !open_.empty() && open_.back().node.kind == YamlKind::kMap && !open_.back().has_key;
  }

  void leaf(const YAML::Mark& mark, YamlKind kind, const std::string& text) {
    count(mark);
    if (at_key()) {
      take_key(mark, kind, text);
      return;
    }
    YamlNode node;
    node.kind = kind;
    node.text = text;
    node.place = place_of(mark);
    attach(std::move(node));
  }
  void take_key(const YAML::Mark& mark, YamlKind kind, const std::string& text) {
    Frame& frame = open_.back();
    if (kind != YamlKind::kScalar || text.empty()) throw Stop{place_of(mark), "a key must be a word"};
    if (!frame.keys.insert(text).second) {
      complaints_.push_back({place_of(mark), "duplicate key '" + text + "'"});
    }
    frame.has_key = true;
    frame.key = text;
    frame.key_place = place_of(mark);
  }
  void open(const YAML::Mark& mark, YamlKind kind) {
    count(mark);
    if (at_key()) throw Stop{place_of(mark), "a key must be a word"};
    if (open_.size() >= limits_.max_depth) {
      throw Stop{place_of(mark), "nested deeper than " + std::to_string(limits_.max_depth)};
    }
    Frame frame;
    frame.node.kind = kind;
    frame.node.place = place_of(mark);
    open_.push_back(std::move(frame));
  }
  void close() {
    YamlNode done = std::move(open_.back().node);
    open_.pop_back();
    attach(std::move(done));
  }
  void attach(YamlNode node) {
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    Frame& parent = open_.back();
    if (parent.node.kind == YamlKind::kMap) {
      node.key = std::move(parent.key);
      // A block value starts on the next line; the key is where a reader looks.
      if (node.kind != YamlKind::kScalar) node.place = parent.key_place;
      parent.has_key = false;
    }
    parent.node.children.push_back(std::move(node));
  }

  const YamlLimits& limits_;
  std::vector<Stop>& complaints_;
  std::vector<Frame> open_;
  YamlNode root_;
  std::uint32_t nodes_ = 0;
};

void report(IssueList& issues, Severity severity, const std::string& name, const Stop& stop) {
  issues.add(severity, severity == Severity::kFatal ? IssueType::kStructure : IssueType::kInvalid, {},
             name + ':' + std::to_string(stop.place.line) + ':' + std::to_string(stop.place.column) + ": " +
                 stop.text,
             stop.place);
}

}  // namespace

std::optional<YamlFile> parse_yaml(std::string_view text, std::string name, IssueList& issues,
                                   const YamlLimits& limits) {
  const auto refuse = [&](const Stop& stop) {
    report(issues, Severity::kFatal, name, stop);
    return std::optional<YamlFile>();
  };
  if (text.size() > limits.max_bytes) {
    return refuse({{0, 1, 1}, "larger than " + std::to_string(limits.max_bytes) + " bytes"});
  }
  if (const std::size_t bad = fhir::find_invalid_utf8(text); bad != std::string_view::npos) {
    return refuse({fhir::locate(text, bad), "not UTF-8"});
  }
  std::vector<Stop> complaints;
  YamlFile file{std::move(name), {}};
  name = file.name;
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    NodeBuilder builder(limits, complaints);
    if (!parser.HandleNextDocument(builder)) return refuse({{0, 1, 1}, "the file is empty"});
    file.root = builder.take_root();
    std::vector<Stop> ignored;
    NodeBuilder second(limits, ignored);
    if (parser.HandleNextDocument(second)) return refuse({{0, 1, 1}, "more than one document"});
  } catch (const Stop& stop) {
    for (const Stop& complaint : complaints)
      report(issues, Severity::kError, name, complaint);
    return refuse(stop);
  } catch (const YAML::Exception& error) {
    // error.msg is the library's sentence about syntax; it does not quote values.
    return refuse({place_of(error.mark), "not YAML: " + error.msg});
  }
  for (const Stop& complaint : complaints)
    report(issues, Severity::kError, name, complaint);
  return file;
}

fhir::Result<std::string> read_text_file(const std::string& path, std::size_t max_bytes) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) return fhir::fail(fhir::ErrorCode::kNotFound, "cannot open " + path);
  std::string text;
  char buffer[8192];
  while (stream.read(buffer, sizeof buffer), stream.gcount() > 0) {
    text.append(buffer, static_cast<std::size_t>(stream.gcount()));
    if (text.size() > max_bytes) {
      return fhir::fail(fhir::ErrorCode::kTooLarge,
                        path + " is over " + std::to_string(max_bytes) + " bytes");
    }
  }
  if (stream.bad()) return fhir::fail(fhir::ErrorCode::kUnavailable, "cannot read " + path);
  return text;
}

}  // namespace gateway::config
