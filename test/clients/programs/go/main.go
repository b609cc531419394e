// One scenario with the official Go driver: prints one JSON object, `result` or `error`.
package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	sf "github.com/snowflakedb/gosnowflake"
)

type target struct {
	Account, Host, Protocol, User, Token, Password, SQL string
	Port                                                int
}

var where target

func open(token string) *sql.DB {
	config := sf.Config{
		Account: where.Account, Host: where.Host, Port: where.Port, Protocol: where.Protocol, User: where.User,
		Database: "SHOP", Schema: "SALES", Warehouse: "COMPUTE_WH", DisableOCSPChecks: true, LoginTimeout: 20 * time.Second,
	}
	if token != "" {
		config.Authenticator = sf.AuthTypeOAuth
		config.Token = token
	} else {
		config.Password = where.Password
	}
	// One connection: the session's state is its own.
	db := sql.OpenDB(sf.NewConnector(sf.SnowflakeDriver{}, config))
	db.SetMaxOpenConns(1)
	return db
}

func fetch(ctx context.Context, db *sql.DB, text string, args ...any) ([][]any, error) {
	rows, err := db.QueryContext(ctx, text, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	found := [][]any{}
	for rows.Next() {
		row, places := make([]any, len(columns)), make([]any, len(columns))
		for index := range row {
			places[index] = &row[index]
		}
		if err := rows.Scan(places...); err != nil {
			return nil, err
		}
		found = append(found, row)
	}
	return found, rows.Err()
}

func text(rows [][]any, err error) (any, error) {
	shown := make([][]any, len(rows))
	for index, row := range rows {
		for _, cell := range row {
			if cell == nil {
				shown[index] = append(shown[index], nil)
			} else {
				shown[index] = append(shown[index], fmt.Sprintf("%T %v", cell, cell))
			}
		}
	}
	return shown, err
}

func number(rows [][]any, err error) (string, error) {
	if err != nil {
		return "", err
	}
	return fmt.Sprint(rows[0][len(rows[0])-1]), nil
}

func all(db *sql.DB, texts ...string) error {
	for _, text := range texts {
		if _, err := fetch(context.Background(), db, text); err != nil {
			return err
		}
	}
	return nil
}

func run(scenario string) (any, error) {
	ctx := context.Background()
	db := open(where.Token)
	defer db.Close()
	switch scenario {
	case "log_in":
		return text(fetch(ctx, db, "SELECT CURRENT_ROLE(), CURRENT_DATABASE(), CURRENT_SCHEMA()"))
	case "refused_log_in":
		refused := open("not.a.token")
		defer refused.Close()
		return nil, refused.PingContext(ctx)
	case "types":
		return text(fetch(ctx, db, where.SQL))
	case "many_rows":
		found := [][]any{}
		for _, count := range []int{0, 1, 100_000} {
			rows, err := fetch(ctx, db, fmt.Sprintf("SELECT SEQ4() AS N FROM TABLE(GENERATOR(ROWCOUNT => 100000)) LIMIT %d", count))
			if err != nil {
				return nil, err
			}
			sum := 0
			for _, row := range rows {
				var value int
				fmt.Sscan(fmt.Sprint(row[0]), &value)
				sum += value
			}
			found = append(found, []any{len(rows), sum})
		}
		return found, nil
	case "binds":
		return text(fetch(ctx, db, "SELECT ?, ?, ?", 7, "it's", nil))
	case "array_binds":
		if err := all(db, "CREATE TEMPORARY TABLE ARRAY_BINDS (N INT, T TEXT)"); err != nil {
			return nil, err
		}
		numbers, texts := []int{0, 1, 2, 3, 4}, []string{"t0", "t1", "t2", "t3", "t4"}
		if _, err := db.ExecContext(ctx, "INSERT INTO ARRAY_BINDS VALUES (?, ?)", sf.Array(&numbers), sf.Array(&texts)); err != nil {
			return nil, err
		}
		return text(fetch(ctx, db, "SELECT COUNT(*), SUM(N), MAX(T) FROM ARRAY_BINDS"))
	case "multi_statement":
		multi, err := sf.WithMultiStatement(ctx, 3)
		if err != nil {
			return nil, err
		}
		rows, err := db.QueryContext(multi, "SELECT 1; SELECT 2; SELECT 3")
		if err != nil {
			return nil, err
		}
		defer rows.Close()
		found := []int{}
		for more := true; more; more = rows.NextResultSet() {
			for rows.Next() {
				var value int
				if err := rows.Scan(&value); err != nil {
					return nil, err
				}
				found = append(found, value)
			}
		}
		return found, rows.Err()
	case "transaction":
		if err := all(db, "CREATE TEMPORARY TABLE IN_TRANSACTION (N INT)", "BEGIN", "INSERT INTO IN_TRANSACTION VALUES (1), (2)"); err != nil {
			return nil, err
		}
		within, err := number(fetch(ctx, db, "SELECT COUNT(*) FROM IN_TRANSACTION"))
		if err != nil {
			return nil, err
		}
		if err := all(db, "ROLLBACK"); err != nil {
			return nil, err
		}
		after, err := number(fetch(ctx, db, "SELECT COUNT(*) FROM IN_TRANSACTION"))
		return []string{within, after}, err
	case "session_state":
		if err := all(db, "USE SCHEMA CRM", "SET MARK = 'kept'"); err != nil {
			return nil, err
		}
		return text(fetch(ctx, db, "SELECT CURRENT_SCHEMA(), $MARK"))
	case "denial":
		return nil, all(db, "ALTER USER ICECORE SET PASSWORD = 'x'")
	case "sql_error":
		return nil, all(db, "SELECT NO_SUCH_COLUMN FROM PRODUCTS")
	case "put_refused":
		return nil, all(db, "PUT file:///etc/hostname @~")
	case "asynchronous":
		other := open(where.Token)
		defer other.Close()
		ids := make(chan string, 1)
		rows, err := db.QueryContext(sf.WithAsyncMode(sf.WithQueryIDChan(ctx, ids)), "SELECT SYSTEM$WAIT(1), 7")
		if err != nil {
			return nil, err
		}
		id := <-ids
		rows.Close()
		return number(fetch(sf.WithFetchResultByID(ctx, id), other, ""))
	case "cancel":
		limited, stop := context.WithTimeout(ctx, 2*time.Second)
		defer stop()
		return nil, func() error { _, err := fetch(limited, db, "SELECT SYSTEM$WAIT(60)"); return err }()
	case "restart":
		if err := db.PingContext(ctx); err != nil {
			return nil, err
		}
		fmt.Fprintln(os.Stderr, "started")
		return number(fetch(ctx, db, "SELECT SYSTEM$WAIT(4), 7"))
	}
	return nil, fmt.Errorf("no scenario %s", scenario)
}

func main() {
	if err := json.Unmarshal([]byte(os.Getenv("ICECORE_TARGET")), &where); err != nil {
		panic(err)
	}
	begun := time.Now()
	result, err := run(os.Args[1])
	answer := map[string]any{"result": result, "seconds": time.Since(begun).Seconds()}
	if err != nil {
		failure := map[string]any{"code": "", "sqlState": nil, "message": err.Error()}
		var known *sf.SnowflakeError
		if errors.As(err, &known) {
			failure["code"], failure["sqlState"] = fmt.Sprintf("%06d", known.Number), known.SQLState
		}
		answer = map[string]any{"error": failure, "seconds": time.Since(begun).Seconds()}
	}
	json.NewEncoder(os.Stdout).Encode(answer)
}
