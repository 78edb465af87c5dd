package io.lockexec.infra.local;

import io.lockexec.BadInput;
import java.util.ArrayList;
import java.util.List;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads YAML as trees. */
final class Yaml {
  private Yaml() {}

  /**
   * Reads every document of a text.
   *
   * @param name what the text is called in messages
   * @throws BadInput if it is no YAML
   */
  static List<JsonNode> documents(String name, String text) {
    List<JsonNode> documents = new ArrayList<>();
    try {
      new Load(LoadSettings.builder().setLabel(name).build())
          .loadAllFromString(text)
          .forEach(each -> documents.add(JsonMapper.shared().valueToTree(each)));
    } catch (YamlEngineException e) {
      String why = String.valueOf(e.getMessage()).replaceAll("\\s*\\R\\s*", " ");
      throw new BadInput(name, "is no YAML: " + why);
    }
    return documents;
  }
}
