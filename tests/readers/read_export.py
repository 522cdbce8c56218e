"""Reads an export with the tools of others, and prints what they see as JSON.

    read_export.py parquet FILE
    read_export.py case FILE
"""

import json
import sys


def parquet(path):
    import duckdb

    table = duckdb.connect().read_parquet(path)
    seen = table.query(
        "t",
        "SELECT count(*), count(DISTINCT position), min(epoch_ms(time_dt) - time), "
        "max(epoch_ms(time_dt) - time), bool_and(type_uid = class_uid * 100 + activity_id), "
        "bool_and(sha256(raw) = raw_data_hash), count(leaf_hash), "
        "bool_and(json_valid(unmapped)), max(actor.user.name) FROM t",
    ).fetchall()[0]
    verdicts = table.query("t", "SELECT verdict, count(*) FROM t GROUP BY ALL ORDER BY ALL")
    raw = table.query("t", "SELECT raw FROM t ORDER BY position").fetchall()
    return {
        "rows": seen[0],
        "positions": seen[1],
        "time_differs_by_ms": [seen[2], seen[3]],
        "type_uid_holds": seen[4],
        "raw_hash_holds": seen[5],
        "leaves": seen[6],
        "json_holds": seen[7],
        "user": seen[8],
        "verdicts": dict(verdicts.fetchall()),
        "raw_hex": [bytes(row[0]).hex() for row in raw],
    }


def case(path):
    import rdflib

    graph = rdflib.Graph()
    with open(path, "rb") as file:
        graph.parse(data=file.read(), format="json-ld")
    core = rdflib.Namespace("https://ontology.unifiedcyberontology.org/uco/core/")
    observable = rdflib.Namespace("https://ontology.unifiedcyberontology.org/uco/observable/")
    ours = rdflib.Namespace("urn:sealscope:ns:")
    records = set(graph.subjects(rdflib.RDF.type, observable.EventRecord))
    bundles = list(graph.subjects(rdflib.RDF.type, core.Bundle))
    held = set(graph.objects(bundles[0], core.object))
    contained = {source for source in records for _ in graph.subjects(core.source, source)}
    verdicts = {}
    for record in records:
        for facet in graph.objects(record, core.hasFacet):
            for verdict in graph.objects(facet, ours.verdict):
                verdicts[str(verdict)] = verdicts.get(str(verdict), 0) + 1
    return {
        "bundles": len(bundles),
        "records": len(records),
        "held": len(records & held),
        "contained": len(contained),
        "verdicts": verdicts,
        "raw": sorted(str(raw) for raw in graph.objects(None, observable.eventRecordRaw)),
        "blank": sum(1 for node in graph.subjects() if isinstance(node, rdflib.BNode)),
    }


if __name__ == "__main__":
    print(json.dumps({"parquet": parquet, "case": case}[sys.argv[1]](sys.argv[2])))
