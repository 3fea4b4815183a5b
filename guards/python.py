# Examples for python.yaml: what each rule finds, and what it leaves alone. Never run.

# ruleid: unescaped-markup
mark_safe("<b>" + name + "</b>")
# ruleid: unescaped-markup
format_html(f"<b>{name}</b>")
# ok: unescaped-markup
format_html("<b>{}</b>", name)

# ruleid: sql-built-as-text
cursor.execute(f"SELECT 1 FROM x WHERE name = '{name}'")
# ruleid: sql-built-as-text
cursor.execute("SELECT 1 FROM x WHERE name = '%s'" % name)
# ruleid: sql-built-as-text
Product.objects.raw(query)
# ok: sql-built-as-text
cursor.execute("SELECT 1 FROM x WHERE name = %s", [name])
# ok: sql-built-as-text
cursor.execute(QUERY, [name])


# ruleid: form-without-its-check
@csrf_exempt
def form(request): ...


# ok: form-without-its-check
@require_POST
def form_with_check(request): ...


# ruleid: page-without-login
@login_not_required
def page(request): ...


# ok: page-without-login
def page_behind_login(request): ...


# ruleid: ledger-written-elsewhere
Sale.objects.create(number="A1-B-0001")
# ruleid: ledger-written-elsewhere
SaleLine.objects.filter(sale=sale).update(quantity=1)
# ruleid: ledger-written-elsewhere
Payment.objects.all().delete()
# ok: ledger-written-elsewhere
Sale.objects.filter(pk=key)
# ok: ledger-written-elsewhere
Stand.objects.create(code="A1")

# ruleid: time-without-a-zone
datetime.datetime.now()
# ruleid: time-without-a-zone
datetime.date.today()
# ok: time-without-a-zone
timezone.now()

# ruleid: money-that-is-no-whole-number
price = models.FloatField()
# ruleid: money-that-is-no-whole-number
float(total_rupiah)
# ruleid: money-that-is-no-whole-number
half = sale.total_rupiah / 2
# ok: money-that-is-no-whole-number
half = sale.total_rupiah // 2
# ok: money-that-is-no-whole-number
share = width / 2

# ruleid: chance-that-can-be-guessed
import random

# ok: chance-that-can-be-guessed
import secrets

# ruleid: chance-that-can-be-guessed
hashlib.md5(code)
# ok: chance-that-can-be-guessed
hashlib.sha256(code)

# ruleid: redirect-to-where-somebody-says
redirect(request.GET.get("next"))
# ruleid: redirect-to-where-somebody-says
redirect(request.POST["kembali"])
# ok: redirect-to-where-somebody-says
redirect("home")

# ruleid: host-that-somebody-says
link = f"https://{request.get_host()}/"
# ruleid: host-that-somebody-says
host = request.META["HTTP_HOST"]
# ok: host-that-somebody-says
link = public_origin(request)

# ruleid: cookie-that-travels-in-the-open
response.set_cookie("name", "value")
# ruleid: cookie-that-travels-in-the-open
response.set_cookie("name", "value", secure=settings.SESSION_COOKIE_SECURE)
# ok: cookie-that-travels-in-the-open
response.set_cookie("n", "v", secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax")

# ruleid: whole-page-kept-for-all
cache_page(60)(view)
# ok: whole-page-kept-for-all
catalogue_page(view)


class EveryField(ModelForm):
    class Meta:
        # ruleid: form-of-every-field
        fields = "__all__"


class NamedFields(ModelForm):
    class Meta:
        # ok: form-of-every-field
        fields = ["name"]


# ruleid: template-from-text
engine.from_string(text)
# ok: template-from-text
render(request, "stands/stand_list.html")

# ruleid: code-from-text
eval(text)
# ruleid: code-from-text
subprocess.run(command, shell=True)
# ruleid: code-from-text
pickle.loads(body)
# ok: code-from-text
json.loads(body)
# ok: code-from-text
subprocess.run(["pg_dump", name])
