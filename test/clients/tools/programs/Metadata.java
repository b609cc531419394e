// What JDBC's DatabaseMetaData finds out: ends with 0 when all is as it should be.
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.Properties;
import java.util.StringJoiner;

public class Metadata {
  interface Query {
    ResultSet run() throws Exception;
  }

  static void shows(String expected, Query query, String... columns) throws Exception {
    StringJoiner found = new StringJoiner(" ");
    try (ResultSet rows = query.run()) {
      while (rows.next()) {
        StringJoiner row = new StringJoiner(":");
        for (String column : columns) row.add(rows.getString(column));
        found.add(row.toString());
      }
    }
    if (!found.toString().equals(expected)) throw new AssertionError("\"" + found + "\" in place of \"" + expected + "\"");
  }

  public static void main(String[] args) throws Exception {
    Properties how = new Properties();
    how.put("account", "prod");
    how.put("ssl", "off");
    how.put("authenticator", "oauth");
    how.put("token", System.getenv("ICECORE_TOKEN"));
    how.put("db", "SHOP");
    how.put("schema", "PUBLIC");
    how.put("warehouse", "COMPUTE_WH");
    String url = "jdbc:snowflake://127.0.0.1:" + System.getenv("ICECORE_PORT") + "/";
    try (Connection connection = DriverManager.getConnection(url, how)) {
      for (String sql : new String[] {
        "CREATE TABLE PARENTS (ID INT PRIMARY KEY, NAME VARCHAR(40))",
        "CREATE TABLE CHILDREN (ID INT PRIMARY KEY, PARENT INT, CONSTRAINT OF_PARENT FOREIGN KEY (PARENT) REFERENCES PARENTS (ID))",
        "CREATE VIEW NAMES AS SELECT NAME FROM PARENTS",
      }) connection.createStatement().execute(sql);

      DatabaseMetaData data = connection.getMetaData();
      String none = null;
      shows("SHOP", data::getCatalogs, "TABLE_CAT");
      shows("SALES:SHOP", () -> data.getSchemas("SHOP", "SAL%"), "TABLE_SCHEM", "TABLE_CATALOG");
      shows("TABLE VIEW", data::getTableTypes, "TABLE_TYPE");
      shows("PARENTS:TABLE CHILDREN:TABLE NAMES:VIEW", () -> data.getTables("SHOP", "PUBLIC", none, null), "TABLE_NAME", "TABLE_TYPE");
      shows("NAMES", () -> data.getTables("SHOP", "PUBLIC", "%", new String[] {"VIEW"}), "TABLE_NAME");
      shows("ID:-5:NO NAME:12:YES", () -> data.getColumns("SHOP", "PUBLIC", "PARENTS", none), "COLUMN_NAME", "DATA_TYPE", "IS_NULLABLE");
      shows("NAME:40", () -> data.getColumns("SHOP", "PUBLIC", "PARENTS", "N%"), "COLUMN_NAME", "COLUMN_SIZE");
      shows("ID:1", () -> data.getPrimaryKeys("SHOP", "PUBLIC", "PARENTS"), "COLUMN_NAME", "KEY_SEQ");
      String[] key = {"PKTABLE_NAME", "PKCOLUMN_NAME", "FKTABLE_NAME", "FKCOLUMN_NAME", "FK_NAME"};
      String ofParent = "PARENTS:ID:CHILDREN:PARENT:OF_PARENT";
      shows(ofParent, () -> data.getImportedKeys("SHOP", "PUBLIC", "CHILDREN"), key);
      shows(ofParent, () -> data.getExportedKeys("SHOP", "PUBLIC", "PARENTS"), key);
      shows(ofParent, () -> data.getCrossReference("SHOP", "PUBLIC", "PARENTS", "SHOP", "PUBLIC", "CHILDREN"), key);
      shows("", () -> data.getImportedKeys("SHOP", "PUBLIC", "PARENTS"), key);
      shows("", () -> data.getProcedures("SHOP", "PUBLIC", "%"), "PROCEDURE_NAME");
      shows("", () -> data.getFunctions("SHOP", "PUBLIC", "%"), "FUNCTION_NAME");
      shows("", () -> data.getTablePrivileges("SHOP", "PUBLIC", "PARENTS"), "PRIVILEGE");
      try (ResultSet types = data.getTypeInfo()) {
        if (!types.next()) throw new AssertionError("no types");
      }
      if (!connection.isValid(5)) throw new AssertionError("the connection is not valid");
      try (PreparedStatement statement = connection.prepareStatement("SELECT * FROM PARENTS WHERE ID = ?")) {
        if (statement.getMetaData().getColumnCount() != 2) throw new AssertionError("not described");
        if (statement.getParameterMetaData().getParameterCount() != 1) throw new AssertionError("binds not described");
      }
    }
  }
}
