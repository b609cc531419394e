package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"time"

	sf "github.com/snowflakedb/gosnowflake"
)

// target is what the environment names: where to connect, as whom, and what the program is to do.
type target struct {
	Account, Host, Protocol, User, Secret, Way, Other string
	Format, FormatParameter, SQL                      string
	Port, Patience, Pause, Rows, Each                 int
}

var (
	where target
	begun = time.Now()
)

func readTarget() {
	if err := json.Unmarshal([]byte(os.Getenv("ICECORE_TARGET")), &where); err != nil {
		panic(err)
	}
}

// open takes one connection at most: the session's state is its own.
func open(secret string) *sql.DB {
	config := sf.Config{
		Account: where.Account, Host: where.Host, Port: where.Port, Protocol: where.Protocol, User: where.User,
		Database: "SHOP", Schema: "SALES", Warehouse: "COMPUTE_WH", DisableOCSPChecks: true,
		LoginTimeout: time.Duration(where.Patience) * time.Second,
	}
	if where.Format != "" {
		config.Params = map[string]*string{where.FormatParameter: &where.Format}
	}
	switch where.Way {
	case "oauth":
		config.Authenticator, config.Token = sf.AuthTypeOAuth, secret
	case "pat":
		config.Authenticator, config.Token = sf.AuthTypePat, secret
	case "workload":
		config.Authenticator, config.Token = sf.AuthTypeWorkloadIdentityFederation, secret
		config.WorkloadIdentityProvider = "OIDC"
	default:
		config.Password = secret
	}
	db := sql.OpenDB(sf.NewConnector(sf.SnowflakeDriver{}, config))
	db.SetMaxOpenConns(1)
	return db
}

// ready says that it has begun, once it is connected, and waits until it may go on.
func ready(db *sql.DB) error {
	// Back into the pool as it is: a ping would be a statement.
	connection, err := db.Conn(context.Background())
	if err != nil {
		return err
	}
	connection.Close()
	fmt.Fprintln(os.Stderr, "started")
	fmt.Scanln()
	begun = time.Now()
	return nil
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

func all(db *sql.DB, texts ...string) error {
	for _, text := range texts {
		if _, err := fetch(context.Background(), db, text); err != nil {
			return err
		}
	}
	return nil
}

// text shows each cell with its type, so that nothing is equal by chance.
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

// number is the last cell of the first row.
func number(rows [][]any, err error) (int, error) {
	value := 0
	if err == nil {
		_, err = fmt.Sscan(fmt.Sprint(rows[0][len(rows[0])-1]), &value)
	}
	return value, err
}

// total is how many rows there are, and the sum of their first column.
func total(rows [][]any, err error) (any, error) {
	sum := 0
	for _, row := range rows {
		value := 0
		if _, failed := fmt.Sscan(fmt.Sprint(row[0]), &value); failed != nil {
			return nil, failed
		}
		sum += value
	}
	return []int{len(rows), sum}, err
}
