#include "fhir/snapshot/overlay.hpp"

#include <algorithm>
#include <charconv>
#include <set>

#include "fhir/definitions/definitions.hpp"

namespace fhir::snapshot {
namespace {

constexpr std::uint32_t kUnbounded = 0xFFFF'FFFFu;

std::uint32_t number(std::string_view text, std::uint32_t otherwise) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? value : otherwise;
}

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool same_letters(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [lower](char left, char right) { return lower(left) == lower(right); });
}

class Overlay {
 public:
  Overlay(Definition& base, tree::Node differential, const OverlayContext& context, IssueList& issues)
      : base_(base), differential_(differential), context_(context), issues_(issues) {}

  void run() {
    std::set<std::string_view> done;
    for (const tree::Node child : differential_.children()) {
      if (done.insert(child.name()).second) merge(child.name());
    }
    if (min_of(base_) > max_of(base_))
      error("min", IssueType::kBusinessRule, "The least number is over the largest");
    check_value("fixed");
    check_value("pattern");
    drop_idle_binding();
  }

 private:
  void merge(std::string_view name) {
    if (is_one_of(name, {"id", "path", "sliceName", "base"})) return;
    if (is_one_of(name, {"definition", "comment", "requirements"})) return append_text(name);
    if (is_one_of(name, {"alias", "condition", "code", "example"})) return unite(name);
    if (name == "mapping") return unite_mappings();
    if (name == "constraint") return add_constraints();
    if (name == "extension") return merge_extensions();
    if (name == "binding") return merge_binding();
    if (name == "slicing") return merge_slicing();
    if (name == "min") check_min();
    if (name == "max") check_max();
    if (name == "type") check_types();
    if (name == "mustSupport") check_must_support();
    base_.erase(name);
    for (const tree::Node node : differential_.children(name))
      base_.add(Piece::copy_of(node));
  }

  void append_text(std::string_view name) {
    const tree::Node node = differential_.child(name);
    const std::string_view text = node.text();
    if (text.substr(0, 3) != "...") {
      base_.set(Piece::copy_of(node));
      return;
    }
    const std::string_view before = base_.text(name);
    std::string joined(before);
    if (!joined.empty()) joined += "\r\n";
    joined += text.substr(3);
    base_.set(name, joined);
  }

  void unite(std::string_view name) {
    for (const tree::Node node : differential_.children(name)) {
      Piece added = Piece::copy_of(node);
      const std::vector<Piece>& there = base_.pieces();
      if (std::none_of(there.begin(), there.end(),
                       [&added](const Piece& piece) { return piece.same_as(added); }))
        base_.add(std::move(added));
    }
  }

  /// One that says the same in other letters takes the place of the base's.
  void unite_mappings() {
    for (const tree::Node node : differential_.children("mapping")) {
      std::vector<Piece>& there = base_.pieces();
      there.erase(std::remove_if(there.begin(), there.end(),
                                 [node](const Piece& piece) {
                                   return piece.name() == "mapping" &&
                                          piece.text_of("identity") == node.child("identity").text() &&
                                          same_letters(piece.text_of("map"), node.child("map").text());
                                 }),
                  there.end());
      base_.add(Piece::copy_of(node));
    }
  }

  void add_constraints() {
    for (const tree::Node node : differential_.children("constraint")) {
      const std::string_view key = node.child("key").text();
      const std::vector<Piece>& there = base_.pieces();
      if (std::any_of(there.begin(), there.end(), [key](const Piece& piece) {
            return piece.name() == "constraint" && piece.text_of("key") == key;
          })) {
        continue;
      }
      Piece added = Piece::copy_of(node);
      if (!node.child("source")) added.set("source", context_.source);
      base_.add(std::move(added));
    }
  }

  void merge_extensions() {
    for (const tree::Node node : differential_.children("extension")) {
      const std::string_view url = node.child("url").text();
      std::vector<Piece>& there = base_.pieces();
      there.erase(std::remove_if(there.begin(), there.end(),
                                 [url](const Piece& piece) {
                                   return piece.name() == "extension" && piece.text_of("url") == url;
                                 }),
                  there.end());
      base_.add(Piece::copy_of(node));
    }
  }

  void merge_binding() {
    const tree::Node given = differential_.child("binding");
    Piece merged = Piece::copy_of(given);
    if (const Piece* before = base_.find("binding")) {
      if (before->text_of("strength") == "required" && given.child("strength").text() != "required" &&
          given.child("strength")) {
        error("binding.strength", IssueType::kBusinessRule, "A required binding stays required");
      }
      if (!given.child("valueSet") && !before->text_of("valueSet").empty())
        merged.set("valueSet", before->text_of("valueSet"));
      if (!given.child("strength") && !before->text_of("strength").empty())
        merged.set("strength", before->text_of("strength"));
    }
    base_.set(std::move(merged));
  }

  void merge_slicing() {
    const tree::Node given = differential_.child("slicing");
    const Piece* before = base_.find("slicing");
    if (before == nullptr) {
      base_.set(Piece::copy_of(given));
      return;
    }
    Piece merged = *before;
    for (const tree::Node discriminator : given.children("discriminator")) {
      const auto same = [discriminator](const Piece& part) {
        return part.name() == "discriminator" && part.text_of("type") == discriminator.child("type").text() &&
               part.text_of("path") == discriminator.child("path").text();
      };
      std::vector<Piece>& parts = merged.parts();
      if (std::none_of(parts.begin(), parts.end(), same)) parts.push_back(Piece::copy_of(discriminator));
    }
    for (const std::string_view name : {"ordered", "rules", "description"}) {
      if (given.child(name)) merged.set(name, given.child(name).text());
    }
    base_.set(std::move(merged));
  }

  void check_min() {
    const std::uint32_t given = number(differential_.child("min").text(), 0);
    if (!context_.is_slice && !context_.specializes && given < min_of(base_))
      error("min", IssueType::kBusinessRule, "The least number is under that of the base");
  }

  void check_max() {
    const std::string_view text = differential_.child("max").text();
    if (!context_.specializes && (text == "*" ? kUnbounded : number(text, 0)) > max_of(base_))
      error("max", IssueType::kBusinessRule, "The largest number is over that of the base");
  }

  void check_must_support() {
    if (base_.text("mustSupport") == "true" && differential_.child("mustSupport").text() == "false")
      error("mustSupport", IssueType::kBusinessRule, "What the base says must be supported stays so");
  }

  void check_types() {
    const std::vector<std::string> allowed = base_.type_codes();
    if (allowed.empty() || context_.specializes) return;
    std::size_t index = 0;
    for (const tree::Node type : differential_.children("type")) {
      const std::string code = type_code(Piece::copy_of(type));
      if (!code.empty() && std::none_of(allowed.begin(), allowed.end(),
                                        [&code](const std::string& each) { return type_fits(code, each); })) {
        error("type[" + std::to_string(index) + "]", IssueType::kBusinessRule,
              "The base does not allow this type");
      }
      ++index;
    }
  }

  /// A fixed value or pattern is of one of the types of the element.
  void check_value(std::string_view name) {
    const tree::Node value = differential_.child(name);
    const std::vector<std::string> types = base_.type_codes();
    if (!value || value.type().empty() || types.empty()) return;
    if (std::none_of(types.begin(), types.end(), [&value](const std::string& type) {
          return type_fits(value.type(), type) || type_fits(type, value.type());
        })) {
      error(name, IssueType::kBusinessRule, "The value is of a type the element does not have");
    }
  }

  /// A binding on an element that cannot have a code says nothing.
  void drop_idle_binding() {
    const std::vector<std::string> types = base_.type_codes();
    if (types.empty() || context_.specializes) return;
    const auto holds_code = [](const std::string& type) {
      return is_one_of(type, {"Coding", "CodeableConcept", "Quantity"}) || type_fits(type, "string") ||
             type_fits(type, "uri") || type_fits(type, "Quantity");
    };
    if (std::none_of(types.begin(), types.end(), holds_code)) base_.erase("binding");
  }

  void error(std::string_view where, IssueType type, std::string text) {
    issues_.add(Severity::kError, type, context_.place + "." + std::string(where), std::move(text));
  }

  Definition& base_;
  tree::Node differential_;
  const OverlayContext& context_;
  IssueList& issues_;
};

}  // namespace

void lay_over(Definition& base, tree::Node differential, const OverlayContext& context, IssueList& issues) {
  Overlay(base, differential, context, issues).run();
}

bool type_fits(std::string_view type, std::string_view allowed) {
  if (type == allowed || allowed == "*" || allowed == "Element") return true;
  if (allowed.find(':') != std::string_view::npos || type.find(':') != std::string_view::npos) return true;
  return definitions::r4_definitions().is_a(type, allowed);
}

std::uint32_t min_of(const Definition& definition) {
  return number(definition.text("min"), 0);
}

std::uint32_t max_of(const Definition& definition) {
  return number(definition.text("max"), kUnbounded);
}

}  // namespace fhir::snapshot
