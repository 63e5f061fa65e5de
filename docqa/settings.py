"""Every setting: its group, type, limits, default and meaning."""

from typing import TYPE_CHECKING, Annotated, Literal

from msgspec import Meta, Struct, field

from docqa.registries import embedders, engines, stores

Count = Annotated[int, Meta(ge=0)]
Positive = Annotated[int, Meta(ge=1)]
Seconds = Annotated[float, Meta(ge=0)]
Share = Annotated[float, Meta(ge=0, le=1)]
# The reader that comes with docqa, and what is no folder of another; empty is none, as it was.
OWN_READER = "auto"
_NO_FOLDER = (OWN_READER, "none", "")
TemplateName = Literal[
    "alpaca2", "alpaca1", "llama3", "chatml", "gemma", "glm4", "mistral", "deepseek", "phi3"
]

if TYPE_CHECKING:
    # A type checker takes no list that is read from elsewhere.
    EngineName = str
    EmbedderName = str
    StoreName = str
else:
    EngineName = Literal[engines.CHOICES]
    EmbedderName = Literal[embedders.CHOICES]
    StoreName = Literal[stores.CHOICES]

# What a project's file may set. Not more: a folder that someone sends you must not open
# connections, read or write elsewhere, hide documents, loosen a limit or a threshold.
FOR_PROJECTS = frozenset(
    {
        "library.name",
        "ingest.jobs",
        "ingest.encoding",
        "ingest.ocr",
        "ingest.tables",
        "ingest.passage_characters",
        "ingest.overlap_sentences",
        "search.mode",
        "search.k",
        "search.dense_weight",
        "embedding.batch",
        "model.engine",
        "model.context",
        "model.gpu_layers",
        "model.kv_type",
        "model.flash_attention",
        "model.batch",
        "model.micro_batch",
        "model.template",
        "model.thinking",
        "model.temperature",
        "model.top_k",
        "model.top_p",
        "model.min_p",
        "model.repeat_penalty",
        "model.seed",
        "model.max_tokens",
        "answer.patience",
        "answer.rewrite",
        "answer.quotes",
        "answer.history_turns",
        "interface.language",
        "interface.theme",
    }
)


class _Group(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A table of the settings file."""


class LibrarySettings(_Group, frozen=True):
    """Which library is used."""

    name: Annotated[str, Meta(description="Library used when --library is not given")] = "default"


class IngestSettings(_Group, frozen=True):
    """How files become passages."""

    jobs: Annotated[Count, Meta(description="Worker processes; 0 takes one per core")] = 0
    encoding: Annotated[
        str, Meta(description="Encoding of text files; empty decides by evidence")
    ] = ""
    ocr: Annotated[
        bool, Meta(description="Read scanned pages where an OCR engine is installed")
    ] = True
    tables: Annotated[bool, Meta(description="Read table-heavy PDF pages with pdfplumber")] = False
    passage_characters: Annotated[
        int, Meta(ge=50, le=4000, description="Target size of a passage")
    ] = 300
    overlap_sentences: Annotated[
        int, Meta(ge=0, le=5, description="Sentences shared by neighbouring passages")
    ] = 1
    file_seconds: Annotated[Seconds, Meta(description="Time limit for parsing one file")] = 120.0
    file_megabytes: Annotated[Positive, Meta(description="Largest file that is read")] = 512
    memory_megabytes: Annotated[Positive, Meta(description="Memory limit of a worker process")] = (
        4096
    )
    hidden: Annotated[bool, Meta(description="Also read hidden files and folders")] = False
    exclude: Annotated[
        tuple[str, ...], Meta(description="Patterns to leave out, as in .docqaignore")
    ] = ()


class SearchSettings(_Group, frozen=True):
    """How passages are found."""

    mode: Annotated[
        Literal["auto", "lexical", "dense", "hybrid"],
        Meta(description="Legs that run; auto is hybrid where vectors exist"),
    ] = "auto"
    k: Annotated[int, Meta(ge=1, le=200, description="Passages returned")] = 8
    dense_weight: Annotated[
        Share | None, Meta(description="Weight of the dense leg; unset takes the measured one")
    ] = None
    relevance: Annotated[
        Share,
        Meta(description="Probability that a passage is on the subject, from which it is shown"),
    ] = 0.3
    user_dictionary: Annotated[str, Meta(description="File of words kept whole, one a line")] = ""
    synonyms: Annotated[
        str,
        Meta(description="File of synonyms, one comma-separated group a line"),
    ] = ""
    reranker: Annotated[
        str,
        Meta(
            description="Reranker: folder, hub id, GGUF file, or URL of an endpoint; empty is off"
        ),
    ] = ""
    rerank_seconds: Annotated[Seconds, Meta(description="Time the reranker may take")] = 2.0


class EmbeddingSettings(_Group, frozen=True):
    """Which model turns text into vectors; none by default."""

    backend: Annotated[
        EmbedderName,
        Meta(description="Kind of embedder; auto is a bundled one where it is installed"),
    ] = "auto"
    model: Annotated[str, Meta(description="Catalog name, folder, file, or hub id")] = ""
    pooling: Annotated[
        Literal["model", "mean", "cls", "last", "max"],
        Meta(description="How token vectors are joined"),
    ] = "model"
    query_prefix: Annotated[
        str | None, Meta(description="Put before questions; unset takes the catalog's")
    ] = None
    passage_prefix: Annotated[
        str | None, Meta(description="Put before passages; unset takes the catalog's")
    ] = None
    normalize: Annotated[bool, Meta(description="Scale vectors to length 1")] = True
    batch: Annotated[Positive, Meta(description="Passages embedded at a time")] = 32
    device: Annotated[str, Meta(description="cpu, cuda, mps; empty chooses")] = ""
    endpoint: Annotated[str, Meta(description="URL of an OpenAI-compatible endpoint")] = ""
    key_variable: Annotated[
        str, Meta(description="Environment variable with the endpoint's key")
    ] = "OPENAI_API_KEY"
    store: Annotated[
        StoreName,
        Meta(description="Vector store; auto is exact, and FAISS above faiss_above"),
    ] = "auto"
    faiss_above: Annotated[Positive, Meta(description="Passages from which FAISS is built")] = (
        200_000
    )
    chroma_url: Annotated[
        str,
        Meta(description="URL of a Chroma server; empty keeps Chroma in the library"),
    ] = ""


class ModelSettings(_Group, frozen=True):
    """Which engine writes the answers, and how it runs."""

    engine: Annotated[
        EngineName,
        Meta(
            description="What writes answers; auto is llama where a model is installed, else quotes"
        ),
    ] = "auto"
    name: Annotated[
        str,
        Meta(description="Catalog name or GGUF file; empty takes the one installed"),
    ] = ""
    context: Annotated[
        Count, Meta(description="Window in tokens; 0 takes the largest that fits")
    ] = 0
    gpu_layers: Annotated[
        int, Meta(ge=-1, description="Layers on the GPU; -1 is as many as fit")
    ] = -1
    require_gpu: Annotated[bool, Meta(description="Fail where layers cannot be put on a GPU")] = (
        False
    )
    kv_type: Annotated[
        Literal["auto", "f16", "q8_0", "q4_0"], Meta(description="Precision of the KV cache")
    ] = "auto"
    flash_attention: Annotated[bool, Meta(description="Use flash attention")] = True
    threads: Annotated[Count, Meta(description="Threads; 0 takes the physical cores")] = 0
    batch: Annotated[Positive, Meta(description="Tokens read at a time")] = 512
    micro_batch: Annotated[
        Count, Meta(description="Tokens computed at a time; 0 is 128 on a CPU, 512 on a GPU")
    ] = 0
    mmap: Annotated[bool, Meta(description="Map the model file into memory")] = True
    mlock: Annotated[bool, Meta(description="Keep the model from being swapped out")] = False
    ntk: Annotated[
        float, Meta(ge=1, description="NTK factor that stretches the window; 1 is off")
    ] = 1.0
    lookup: Annotated[
        bool | None,
        Meta(description="Guess ahead by prompt look-up; unset does so where it was faster here"),
    ] = None
    force: Annotated[bool, Meta(description="Load even where the plan says it does not fit")] = (
        False
    )
    template: Annotated[
        Literal["auto", "file", TemplateName],
        Meta(description="Prompt template; file is the model file's own"),
    ] = "auto"
    thinking: Annotated[
        bool, Meta(description="Let models think aloud that have a switch for it")
    ] = False
    thinking_tokens: Annotated[
        Positive, Meta(description="Tokens after which a model that thinks aloud must answer")
    ] = 1024
    temperature: Annotated[
        float, Meta(ge=0, le=2, description="Sampling temperature; 0 is greedy")
    ] = 0.2
    top_k: Annotated[Count, Meta(description="Tokens sampled from; 0 is all")] = 40
    top_p: Annotated[Share, Meta(description="Nucleus sampling")] = 0.9
    min_p: Annotated[Share, Meta(description="Least share of the best token's probability")] = 0.0
    repeat_penalty: Annotated[float, Meta(ge=1, description="Penalty on repeated tokens")] = 1.1
    seed: Annotated[int, Meta(ge=-1, description="Seed of sampling; -1 is random")] = 42
    max_tokens: Annotated[Positive, Meta(description="Room reserved for the answer")] = 512
    endpoint: Annotated[str, Meta(description="URL of an OpenAI-compatible endpoint")] = ""
    endpoint_model: Annotated[str, Meta(description="Model name at the endpoint")] = ""
    key_variable: Annotated[
        str, Meta(description="Environment variable with the endpoint's key")
    ] = "OPENAI_API_KEY"
    endpoint_seconds: Annotated[
        Seconds, Meta(description="Time an endpoint may take to answer")
    ] = 120.0


class AnswerSettings(_Group, frozen=True):
    """How answers are made."""

    patience: Annotated[Seconds, Meta(description="Longest expected wait for the first word")] = (
        20.0
    )
    thorough: Annotated[bool, Meta(description="Fill the window whatever the wait")] = False
    open: Annotated[
        bool, Meta(description="Let the model answer from its own knowledge, labelled")
    ] = False
    rewrite: Annotated[
        bool, Meta(description="Turn follow-ups into questions that stand alone")
    ] = True
    certain: Annotated[
        Share, Meta(description="Confidence from which an answer is given as certain")
    ] = 0.5
    quotes: Annotated[
        int, Meta(ge=1, le=10, description="Most quotes without a model; fewer where one is sure")
    ] = 3
    reader: Annotated[
        str,
        Meta(
            description="What reads passages with the question to choose quotes: auto is docqa's"
            " own reader where meaning is installed, none is the ranking alone; else the folder of"
            " a BERT-like question-answering model"
        ),
    ] = OWN_READER
    history_turns: Annotated[Count, Meta(description="Earlier turns the model sees")] = 4

    @property
    def reader_folder(self) -> str:
        """The folder of another reader than docqa's own; nothing where none is named."""
        return "" if self.reader in _NO_FOLDER else self.reader


class ReadingSettings(_Group, frozen=True):
    """Readings of long documents that are kept on disk."""

    keep: Annotated[bool, Meta(description="Keep what the model has read")] = True
    limit_gigabytes: Annotated[float, Meta(ge=0, description="Room for all readings together")] = (
        10.0
    )


class InterfaceSettings(_Group, frozen=True):
    """How docqa looks and speaks."""

    language: Annotated[
        Literal["auto", "zh", "en"], Meta(description="Language of the interface")
    ] = "auto"
    theme: Annotated[str, Meta(description="Theme of the chat")] = "docqa-dark"
    keys: Annotated[
        dict[str, str], Meta(description='Keys of the chat by action id, such as cancel = "ctrl+k"')
    ] = field(default_factory=dict)


class LogSettings(_Group, frozen=True):
    """The log file."""

    level: Annotated[
        Literal["debug", "info", "warning", "error"], Meta(description="Least severe entry written")
    ] = "info"
    text: Annotated[bool, Meta(description="Also log questions and document text")] = False
    megabytes: Annotated[Positive, Meta(description="Size at which a log is put aside")] = 5
    files: Annotated[Positive, Meta(description="Logs kept")] = 3


class Settings(_Group, frozen=True):
    """All groups; `docqa.configuration` fills them from files, environment and flags."""

    library: LibrarySettings = LibrarySettings()
    ingest: IngestSettings = IngestSettings()
    search: SearchSettings = SearchSettings()
    embedding: EmbeddingSettings = EmbeddingSettings()
    model: ModelSettings = ModelSettings()
    answer: AnswerSettings = AnswerSettings()
    readings: ReadingSettings = ReadingSettings()
    interface: InterfaceSettings = InterfaceSettings()
    log: LogSettings = LogSettings()
