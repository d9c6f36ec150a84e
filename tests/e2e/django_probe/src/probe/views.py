import asyncio
import io
import time

from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.http import FileResponse, HttpResponse, JsonResponse, StreamingHttpResponse
from django.views.decorators.csrf import csrf_exempt

from probe.models import Counter, Upload
from stead import run_sync


def setup(request):
    call_command("migrate", run_syncdb=True, verbosity=0)
    return HttpResponse("ready")


@csrf_exempt
def upload(request):
    ids = {}
    for file in request.FILES.getlist("file"):
        ids[file.name] = Upload.objects.create(name=file.name, content=file.read()).pk
    return JsonResponse({"ids": ids, "fields": dict(request.POST)})


def download(request, id):
    found = Upload.objects.get(pk=id)
    return FileResponse(io.BytesIO(found.content), as_attachment=True, filename=found.name)


def cookies(request):
    response = JsonResponse(request.COOKIES)
    response.set_cookie("plain", "1")
    response.set_cookie("lasting", "two; with, signs", max_age=60, httponly=True)
    response.set_cookie("elsewhere", "3", path="/other", samesite="Lax")
    return response


def stream(request):
    def parts():
        for number in range(5):
            yield f"part {number} of {Counter.objects.count()}\n"
            time.sleep(0.2)

    return StreamingHttpResponse(parts(), content_type="text/plain")


@csrf_exempt
def echo(request):
    response = HttpResponse(request.body, content_type="application/octet-stream")
    response["X-Method"] = request.method
    return response


def client(request):
    return HttpResponse(request.META["REMOTE_ADDR"])


def shown_path(request):
    return JsonResponse({"path": request.path, "query": request.GET.dict()})


def fail(request):
    Counter.objects.create(name="before the failure")
    raise ValueError("a secret of the program")


def counters(request):
    return JsonResponse(dict(Counter.objects.order_by("id").values_list("name", "value")))


def rollback(request):
    try:
        with transaction.atomic():
            Counter.objects.create(name="undone")
            Counter.objects.update(value=-1)
            raise LookupError
    except LookupError:
        Counter.objects.create(name="after")
    return counters(request)


def nested(request):
    called = []
    with transaction.atomic():
        Counter.objects.create(name="outer")
        transaction.on_commit(lambda: called.append("outer"))
        for name in ("inner", "outer"):
            try:
                with transaction.atomic():
                    transaction.on_commit(lambda name=name: called.append(name))
                    Counter.objects.create(name=name)
            except IntegrityError as error:
                called.append(type(error).__name__)
    names = Counter.objects.order_by("id").values_list("name", flat=True)
    return JsonResponse({"called": called, "names": list(names)})


@transaction.atomic
def half(request, how):
    Counter.objects.create(name="half")
    if how == "raise":
        raise ValueError("in the middle of a transaction")
    transaction.set_rollback(True)
    return HttpResponse("undone")


def _add(wait):
    with transaction.atomic():
        counter, _ = Counter.objects.get_or_create(name="shared")
        wait()
        counter.value += 1
        counter.save()
    return HttpResponse(str(counter.value))


def slow_add(request):
    return _add(lambda: time.sleep(0.02))


def waiting_add(request):
    return _add(lambda: run_sync(asyncio.sleep(0.02)))
